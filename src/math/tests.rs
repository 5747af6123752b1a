//! The kernel against correctly rounded results.
