"""One model that several people improve without showing each other their code, on Flower."""
