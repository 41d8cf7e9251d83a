"""Operations: what a client may ask."""
