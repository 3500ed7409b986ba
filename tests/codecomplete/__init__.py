"""Tests of the package that everything is installed below."""
