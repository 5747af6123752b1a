//! What the rows of the catalogue see of the checker: the arguments of a call, what a modifier modifies, and the words of
//! its findings.

pub(crate) use super::args::{Given, usage};
pub(crate) use super::duration::{show, whole};
pub(crate) use super::extent::Extent;
pub(crate) use super::lengths::Every;
pub(crate) use super::lints::gap;
pub(crate) use super::modifier::Modified;
pub(crate) use super::scope::Ex;
pub(crate) use super::{Edge, Join, Place};
