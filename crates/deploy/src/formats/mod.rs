//! One module per template language.
