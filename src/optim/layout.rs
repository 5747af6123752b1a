//! Where each named tensor lies in the arena, and which elements belong to which parameter group.
//!
//! Every tensor starts at a multiple of 16 elements (one cache line) and is padded to one; padding belongs to the group of
//! the tensor before it. A parameter belongs to the first declared group whose pattern is found in its name, else to
//! group 0, the default group.

use std::ops::Range;

use super::error::Error;
use crate::config::{groups, model};

pub use crate::config::model::{ALIGN, MAX_ELEMENTS};

/// A named tensor of the arena.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Tensor {
    /// The name that group patterns match, such as `layers.0.weight`.
    pub name: String,
    /// The extents, slowest first (row-major).
    pub shape: Vec<usize>,
    /// Its elements in every array of the arena, without padding.
    pub range: Range<usize>,
    /// Its parameter group; 0 is the default group.
    pub group: usize,
}

/// The places of all tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    tensors: Vec<Tensor>,
    patterns: Vec<String>,
    groups: Vec<Vec<Range<usize>>>,
    segments: Vec<(Range<usize>, usize)>,
    len: usize,
}

impl Layout {
    /// Lays out tensors, given as (name, shape), and forms one group per pattern besides the default one. A pattern is a
    /// regular expression (the syntax of the `regex-lite` crate) that is searched anywhere in a parameter's name.
    ///
    /// # Errors
    /// A pattern that does not parse or whose group would be empty; a name twice; more than [`MAX_ELEMENTS`].
    pub fn new(tensors: &[(String, Vec<usize>)], patterns: &[String]) -> Result<Self, Error> {
        let group_of = groups::assign(tensors, patterns)?;
        let mut placed = Vec::with_capacity(tensors.len());
        for ((name, shape), group) in tensors.iter().zip(group_of) {
            if placed.iter().any(|t: &Tensor| t.name == *name) {
                return Err(Error::Tensors { reason: format!("two parameters have the name {name}") });
            }
            let len = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).filter(|&n| n <= MAX_ELEMENTS);
            let len = len.ok_or_else(|| too_many(name))?;
            placed.push(Tensor { name: name.clone(), shape: shape.clone(), range: 0..len, group });
        }

        // Tensors in the order given if that already makes one range per group; otherwise each group's together.
        let mut order: Vec<usize> = (0..placed.len()).collect();
        let changes = order.windows(2).filter(|w| placed[w[0]].group != placed[w[1]].group).count();
        if changes > patterns.len() {
            order.sort_by_key(|&i| placed[i].group);
        }

        let mut len = 0;
        let mut segments: Vec<(Range<usize>, usize)> = Vec::new();
        for &i in &order {
            let tensor = &mut placed[i];
            tensor.range = len..len + tensor.range.len();
            let end = tensor.range.end.next_multiple_of(ALIGN);
            if end > MAX_ELEMENTS {
                return Err(too_many(&tensor.name));
            }
            match segments.last_mut() {
                Some((range, group)) if *group == tensor.group => range.end = end,
                _ => segments.push((len..end, tensor.group)),
            }
            len = end;
        }
        let mut groups = vec![Vec::new(); patterns.len() + 1];
        for (range, group) in &segments {
            groups[*group].push(range.clone());
        }
        Ok(Self { tensors: placed, patterns: patterns.to_vec(), groups, segments, len })
    }

    /// The tensors, in the order given.
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// The tensor of this name.
    pub fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.tensors.iter().find(|t| t.name == name)
    }

    /// The patterns of groups 1, 2, …
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// The element ranges of each group, ascending; padding is included.
    pub fn groups(&self) -> &[Vec<Range<usize>>] {
        &self.groups
    }

    /// All ranges, ascending, each with its group. They cover the arena.
    pub fn segments(&self) -> &[(Range<usize>, usize)] {
        &self.segments
    }

    /// Elements of one array, padding included.
    pub fn padded_len(&self) -> usize {
        self.len
    }

    /// The number of parameters, without padding.
    pub fn parameters(&self) -> usize {
        self.tensors.iter().map(|t| t.range.len()).sum()
    }
}

fn too_many(name: &str) -> Error {
    Error::Tensors { reason: model::too_many(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::groups::Fault;

    fn tensors() -> Vec<(String, Vec<usize>)> {
        let list = [("a.weight", vec![3, 7]), ("a.bias", vec![3]), ("head.weight", vec![2, 3]), ("head.bias", vec![2])];
        list.map(|(name, shape)| (name.to_owned(), shape)).to_vec()
    }

    fn layout(patterns: &[&str]) -> Result<Layout, Error> {
        Layout::new(&tensors(), &patterns.iter().map(|&p| p.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn one_group_keeps_the_order() {
        let layout = layout(&[]).unwrap();
        assert_eq!(layout.segments(), [(0..80, 0)]);
        assert_eq!(layout.tensor("head.weight").unwrap().range, 48..54);
        assert_eq!((layout.padded_len(), layout.parameters()), (80, 32));
    }

    #[test]
    fn biases_are_placed_together() {
        let layout = layout(&["bias|norm"]).unwrap();
        assert_eq!(layout.groups().concat(), [0..48, 48..80]);
        assert_eq!(layout.tensor("head.bias").unwrap().range, 64..66);
        assert_eq!(layout.tensors()[1].name, "a.bias");
    }

    #[test]
    fn the_first_pattern_wins() {
        let layout = layout(&["bias|norm", "head"]).unwrap();
        let groups: Vec<_> = layout.tensors().iter().map(|t| t.group).collect();
        assert_eq!(groups, [0, 1, 2, 1]);
    }

    #[test]
    fn bad_groups_are_errors() {
        assert!(matches!(layout(&["norm"]), Err(Error::Group(Fault::Empty { shadowed: false, .. }))));
        let twice = [("w".to_owned(), vec![1]), ("w".to_owned(), vec![1])];
        assert!(matches!(Layout::new(&twice, &[]), Err(Error::Tensors { .. })));
        assert!(matches!(Layout::new(&[("w".to_owned(), vec![usize::MAX, 3])], &[]), Err(Error::Tensors { .. })));
    }
}
