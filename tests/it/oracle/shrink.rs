//! A smaller program that fails, too: parts are left out as long as something still disagrees.

use super::program::{Cycles, Drops, Facts, Lasts, Modifier, Node, Number, Phase, Time, Unit};

/// Programs that have one part less, or a simpler one.
fn simpler(node: &Node) -> Vec<Node> {
    let mut all: Vec<Node> = node.children().into_iter().cloned().collect();
    let boxed = |n: &Node| Box::new(n.clone());
    let one = || Node::Number(Number("1".to_owned()));
    if !matches!(node, Node::Number(_)) {
        all.push(one());
    }
    match node {
        Node::Ramp(shape, open, ends) => {
            if ends.len() + usize::from(*open) > 2 {
                all.push(Node::Ramp(shape.clone(), *open, ends[..ends.len() - 1].to_vec()));
            }
            all.push(Node::Ramp(super::program::Shape::Arrow, *open, ends.clone()));
            for k in 0..ends.len() {
                for end in simpler(&ends[k]) {
                    let mut ends = ends.clone();
                    ends[k] = end;
                    all.push(Node::Ramp(shape.clone(), *open, ends));
                }
            }
        }
        Node::One(f, a) => all.extend(simpler(a).into_iter().map(|a| Node::One(*f, Box::new(a)))),
        Node::Two(f, a, b) => {
            all.extend(simpler(a).into_iter().map(|a| Node::Two(*f, Box::new(a), boxed(b))));
            all.extend(simpler(b).into_iter().map(|b| Node::Two(*f, boxed(a), Box::new(b))));
        }
        Node::Sequence(phases) => {
            for k in 0..phases.len() {
                let with = |phase: Option<Phase>| {
                    let mut phases = phases.clone();
                    match phase {
                        Some(phase) => phases[k] = phase,
                        None => drop(phases.remove(k)),
                    }
                    Node::Sequence(phases)
                };
                if phases.len() > 1 {
                    all.push(with(None));
                }
                let Phase { node, lasts } = &phases[k];
                all.extend(simpler(node).into_iter().map(|node| with(Some(Phase { node, lasts: lasts.clone() }))));
                let others = match lasts {
                    Lasts::Share => vec![],
                    Lasts::For(d) => times(d).into_iter().map(Lasts::For).chain([Lasts::Share]).collect(),
                    Lasts::Until(d) => times(d).into_iter().map(Lasts::Until).chain([Lasts::Share]).collect(),
                };
                all.extend(others.into_iter().map(|lasts| with(Some(Phase { node: node.clone(), lasts }))));
            }
        }
        Node::Decay(a, by, Drops::Every(d)) => {
            all.extend(times(d).into_iter().map(|d| Node::Decay(a.clone(), by.clone(), Drops::Every(d))));
        }
        Node::Modified(s, m) => {
            all.extend(simpler(s).into_iter().map(|s| Node::Modified(Box::new(s), m.clone())));
            let others: Vec<Modifier> = match m {
                Modifier::Cycle(c, grow, decay) => {
                    let mut others = vec![];
                    if grow.is_some() {
                        others.push(Modifier::Cycle(c.clone(), None, decay.clone()));
                    }
                    if decay.is_some() {
                        others.push(Modifier::Cycle(c.clone(), grow.clone(), None));
                    }
                    match c {
                        Cycles::Count(k) if *k > 2 => {
                            others.push(Modifier::Cycle(Cycles::Count(k - 1), grow.clone(), decay.clone()));
                        }
                        Cycles::Count(_) => {}
                        Cycles::Length(d) => others.extend(
                            times(d)
                                .into_iter()
                                .map(|d| Modifier::Cycle(Cycles::Length(d), grow.clone(), decay.clone())),
                        ),
                    }
                    others
                }
                Modifier::Staircase(d) => times(d).into_iter().map(Modifier::Staircase).collect(),
                Modifier::Overlay(p, end) => {
                    simpler(p).into_iter().map(|p| Modifier::Overlay(Box::new(p), *end)).collect()
                }
                _ => vec![],
            };
            all.extend(others.into_iter().map(|m| Node::Modified(s.clone(), m)));
        }
        _ => {}
    }
    all
}

/// Simpler durations.
fn times(d: &Time) -> Vec<Time> {
    match d {
        Time::Sum(a, b) | Time::Less(a, b) => vec![(**a).clone(), (**b).clone()],
        Time::Times(_, d) | Time::Over(d, _) => vec![(**d).clone()],
        Time::Of(n, unit) => {
            let mut all = vec![];
            let rounded = Number(format!("{}", n.value().round()));
            if rounded.value() > 0.0 && rounded != *n {
                all.push(Time::Of(rounded, *unit));
            }
            if *unit != Unit::Step {
                all.push(Time::Of(Number("10".to_owned()), Unit::Step));
            }
            all
        }
    }
}

/// Runs of simpler facts.
fn runs(facts: &Facts) -> Vec<Facts> {
    let mut all = vec![];
    for steps in [10, 20, 97, 100, 1000, facts.steps / 2] {
        if steps > 0 && steps < facts.steps {
            all.push(Facts { steps, ..*facts });
        }
    }
    for simple in [
        Facts { epoch: 1, ..*facts },
        Facts { batch: 1, ..*facts },
        Facts { tokens: 1, ..*facts },
        Facts { base: 1.0, ..*facts },
    ] {
        if simple != *facts {
            all.push(simple);
        }
    }
    all
}

/// The smallest program found on the way that `fails` still accepts.
pub fn shrink(node: Node, facts: Facts, fails: impl Fn(&Node, &Facts) -> bool) -> (Node, Facts) {
    let (mut node, mut facts, mut tries) = (node, facts, 0);
    loop {
        let size = node.source().len();
        let smaller = simpler(&node).into_iter().filter(|n| n.source().len() < size).find(|n| {
            tries += 1;
            fails(n, &facts)
        });
        if let Some(smaller) = smaller {
            node = smaller;
        } else if let Some(simple) = runs(&facts).into_iter().find(|f| fails(&node, f)) {
            facts = simple;
        } else {
            return (node, facts);
        }
        if tries > 2000 {
            return (node, facts);
        }
    }
}
