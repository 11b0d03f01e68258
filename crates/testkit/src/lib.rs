//! (shape only so far)
