"""Packaged source trees in, licence-tracked token shards out."""
