//! Random programs and clocks, weighted to where mistakes hide: units that do not divide one another, cycles that
//! grow and shrink in one another, values held and sampled in them.
//!
//! What is written mostly has its place: lengths are chosen to fit. What is not, both sides have to refuse.

use super::program::{Cycles, Drops, Facts, Lasts, Modifier, Name, Node, Number, One, Phase, Shape, Time, Two, Unit};
use super::random::Random;

/// A random run.
pub fn facts(r: &mut Random) -> Facts {
    let steps = match r.below(8) {
        0 => r.pick(&[1, 2, 3, 7]),
        1..=3 => r.pick(&[20, 97, 100, 997, 1000, 1001]),
        4 => 1 + r.below(5000),
        5 => r.pick(&[10_000, 1_000_000, 1_000_007]),
        6 => r.pick(&[(1 << 31) - 1, 100_000_000_000, 1_000_000_007]),
        _ => r.pick(&[1 << 53, (1 << 53) - 1, (1 << 53) - 111, 1 << 40]),
    };
    Facts {
        steps,
        epoch: r.pick(&[1, 7, 10, 90, 100, 391, 1000, 1251]),
        batch: r.pick(&[1, 2, 3, 8, 32, 100, 256, 1000, 1500]),
        tokens: r.pick(&[1, 4, 7, 16, 100, 1000, 1024]),
        base: r.pick(&[1.0, 0.5, 0.7, 3.0, 0.0]),
    }
}

/// What a part of a program is written for.
#[derive(Clone, Copy)]
struct Room {
    /// The shortest length that its span has in steps, and what `%` is of.
    len: f64,
    whole: f64,
    /// How much deeper it may nest.
    depth: u32,
    /// Whether a phase ends before it.
    after: bool,
    /// Whether how long it says that it lasts matters to what it stands in.
    lasting: bool,
}

/// A random program for a run.
pub fn program(r: &mut Random, facts: &Facts) -> Node {
    let depth = 2 + r.below(4) as u32;
    let len = facts.steps as f64;
    let mut maker = Maker { r, facts, names: 0 };
    maker.schedule(Room { len, whole: len, depth, after: false, lasting: false })
}

struct Maker<'a> {
    r: &'a mut Random,
    facts: &'a Facts,
    names: u32,
}

fn number(text: &str) -> Number {
    Number(text.to_owned())
}

/// `x` with so many decimals, as a program writes it.
fn decimal(x: f64, digits: usize) -> Number {
    let text = format!("{x:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    Number(text.to_owned())
}

impl Maker<'_> {
    fn value(&mut self) -> Number {
        number(self.r.pick(&["0", "1", "0.5", "1e-3", "3e-4", "0.1", "2", "0.3", "10", "6.7", "1.5e-5", "0.7"]))
    }

    fn positive(&mut self) -> Number {
        number(self.r.pick(&["1", "0.5", "1e-3", "3e-4", "0.1", "2", "10", "6.7", "1e-5"]))
    }

    /// A duration of at most `most` steps, often shorter, in any unit.
    fn time(&mut self, room: Room, most: f64) -> Time {
        let goal = most * self.r.pick(&[0.02, 0.1, 0.3, 0.5, 0.8, 1.0]) * (1.0 - 0.5 * self.r.unit());
        match self.r.below(12) {
            0 => Time::Over(Box::new(self.single(room, goal * 7.0)), number("7")),
            1 => Time::Sum(Box::new(self.single(room, goal / 2.0)), Box::new(self.single(room, goal / 2.0))),
            2 => Time::Times(number("0.001"), Box::new(self.single(room, goal * 1000.0))),
            3 => Time::Less(Box::new(self.single(room, goal * 1.3)), Box::new(self.single(room, goal * 0.3))),
            _ => self.single(room, goal),
        }
    }

    /// A number of one unit that is not longer than `goal` steps, where that is not too fine.
    fn single(&mut self, room: Room, goal: f64) -> Time {
        let Facts { epoch, batch, tokens, .. } = *self.facts;
        let all = [
            (Unit::Percent, room.whole / 100.0),
            (Unit::Step, 1.0),
            (Unit::Epoch, epoch as f64),
            (Unit::Sample, 1.0 / batch as f64),
            (Unit::Token, 1.0 / (batch as f64 * tokens as f64)),
        ];
        let (unit, one) = all[self.r.pick(&[0, 0, 0, 1, 1, 1, 2, 3, 4])];
        let count = goal / one;
        if unit == Unit::Percent && count > 100.0 || !count.is_finite() {
            return Time::Of(decimal(goal.max(1.0).floor(), 0), Unit::Step);
        }
        let floor = |x: f64, digits: i32| (x * 10f64.powi(digits)).floor() / 10f64.powi(digits);
        let digits = match unit {
            Unit::Percent => self.r.pick(&[0, 1, 2, 4]),
            Unit::Step | Unit::Epoch => self.r.pick(&[0, 0, 1, 2]),
            Unit::Sample | Unit::Token => 0,
        };
        if count >= 1e4 && self.r.chance(50) {
            // The sizes that people write: 2k, 1_001.
            return match self.r.chance(50) {
                true => Time::Of(Number(format!("{}k", (count / 1e3).floor() as u64)), unit),
                false => Time::Of(decimal((count / 1e3).floor() * 1e3 + 1.0, 0), unit),
            };
        }
        let digits = (digits..9).find(|&d| floor(count, d) > 0.0).unwrap_or(9);
        Time::Of(decimal(floor(count, digits), digits as usize), unit)
    }

    /// Anything that has a value at every moment of its room.
    fn schedule(&mut self, room: Room) -> Node {
        let inner = Room { depth: room.depth.saturating_sub(1), ..room };
        let made = match self.r.below(if room.depth == 0 { 4 } else { 20 }) {
            0..=3 => self.leaf(room),
            4..=9 => self.sequence(inner),
            10..=17 => self.modified(inner),
            _ => {
                let inner = Room { lasting: true, ..inner };
                if self.r.chance(15) {
                    let one = self.r.pick(&[One::Abs, One::Neg, One::Sin]);
                    return Node::One(one, Box::new(self.schedule(inner)));
                }
                let two = self.r.pick(&[Two::Add, Two::Sub, Two::Mul, Two::Min, Two::Max]);
                let first = match self.r.chance(10) {
                    true => self.warmup(inner, inner.len * 0.5, true),
                    false => self.schedule(inner),
                };
                Node::Two(two, Box::new(first), Box::new(self.schedule(inner)))
            }
        };
        if self.r.chance(4) && !matches!(made, Node::Number(_)) { self.named(made) } else { made }
    }

    fn sequence(&mut self, room: Room) -> Node {
        let count = 1 + self.r.below(3) as usize;
        let mut phases = vec![];
        let (mut left, mut passed) = (room.len, 0.0);
        let warm = self.r.chance(20);
        if warm {
            let aims = self.r.chance(30);
            phases.push(Phase { node: self.warmup(room, left * 0.3, aims), lasts: Lasts::Share });
            left *= 0.7;
            passed = room.len * 0.3;
        }
        for k in 0..count {
            let part = left / (count - k) as f64;
            let last = k + 1 == count;
            let after = room.after || !phases.is_empty();
            let lasts = match self.r.below(8) {
                0..=2 if !last || count > 1 || warm => Lasts::Share,
                // Moments only where all before them have their times.
                3 if !room.lasting && phases.iter().all(|p: &Phase| p.lasts != Lasts::Share) && !warm => {
                    Lasts::Until(self.time(room, passed + part))
                }
                _ => Lasts::For(self.time(room, part)),
            };
            let (len, whole) = match &lasts {
                Lasts::Share => (part * 0.5, room.whole),
                Lasts::For(d) | Lasts::Until(d) => {
                    let d = super::number::float(&super::layout::steps(d, &ratio_of(room.whole), self.facts));
                    let d = if matches!(lasts, Lasts::Until(_)) { d - passed } else { d };
                    (d.max(0.0), d.max(0.0))
                }
            };
            passed += part;
            left -= part;
            // After a warmup without a target comes what does not look back at it.
            let after = after && !(warm && k == 0);
            let timed = lasts != Lasts::Share;
            let inner = Room { len, whole, after, lasting: !timed, ..room };
            let node = match lasts {
                Lasts::For(_) | Lasts::Until(_) if self.r.chance(60) => self.pure(inner),
                Lasts::For(_) if self.r.chance(5) => {
                    let made = self.warmup(inner, len * 0.8, true);
                    if matches!(made, Node::Let(..)) { made } else { self.named(made) }
                }
                _ => self.schedule(inner),
            };
            phases.push(Phase { node, lasts });
        }
        Node::Sequence(phases)
    }

    /// A warmup of at most `most` steps, sometimes by a name; `aims` where its target has to be written.
    fn warmup(&mut self, room: Room, most: f64, aims: bool) -> Node {
        let d = self.time(room, most);
        let power = number(self.r.pick(&["0.5", "2", "3"]));
        let shapes = [Shape::Linear, Shape::Linear, Shape::Cosine, Shape::Sqrt, Shape::Exp, Shape::Poly(power)];
        let shape = self.r.pick(&shapes);
        let from = if shape == Shape::Exp { number("1e-3") } else { number(self.r.pick(&["0", "0.1"])) };
        let to = (aims || shape == Shape::Exp).then(|| self.positive());
        let made = Node::Warmup(d, from, to, shape, self.r.chance(20));
        if self.r.chance(20) { self.named(made) } else { made }
    }

    /// The same by a name of its own.
    fn named(&mut self, made: Node) -> Node {
        self.names += 1;
        Node::Let(format!("a{}", self.names), Box::new(made))
    }

    /// A shortest cycle that is long enough to have something in it.
    fn modified(&mut self, room: Room) -> Node {
        let grows = ["0.75", "1.1", "1.3", "2", "1.5", "0.9", "3"];
        let modifier = match self.r.below(20) {
            0..=8 => {
                let grow = self.r.chance(50).then(|| self.r.pick(&grows));
                let decay = self.r.chance(30).then(|| number(self.r.pick(&["0.5", "0.9", "1.1"])));
                let factor: f64 = grow.map_or(1.0, |g| g.parse().expect("a number"));
                let (cycles, len) = if self.r.chance(50) {
                    let k = 1 + self.r.below(9);
                    let shares: f64 = (0..k).map(|j| factor.powi(j as i32)).sum();
                    let first = room.len / shares;
                    (Cycles::Count(k), first.min(first * factor.powi(k as i32 - 1)))
                } else {
                    let part = if factor < 1.0 { 0.6 } else { self.r.pick(&[0.3, 0.05, 0.5, 1e-3]) };
                    let d = self.time(room, room.len * part);
                    let first = super::number::float(&super::layout::steps(&d, &ratio_of(room.whole), self.facts));
                    (Cycles::Length(d), if factor < 1.0 { first * 0.1 } else { first })
                };
                let inner = Room { len, whole: len, lasting: false, ..room };
                let inner = if self.r.chance(30) { self.sequence(inner) } else { self.schedule(inner) };
                let cycle = Modifier::Cycle(cycles, grow.map(number), decay);
                return Node::Modified(Box::new(inner), cycle);
            }
            9 => Modifier::Clamp(Some(number("0.01")), self.r.chance(50).then(|| number("1.5"))),
            10..=13 => Modifier::Staircase(self.time(room, room.len * 0.7)),
            14 | 15 => {
                let end = self.r.chance(50);
                let d = self.time(room, room.len * 0.6);
                let node = match (end, self.r.below(3)) {
                    (true, 0) => Node::Ramp(self.r.pick(&[Shape::Arrow, Shape::Cosine]), true, vec![self.constant()]),
                    (false, 0) => Node::Warmup(d.clone(), number("0"), None, Shape::Linear, false),
                    _ => self.pure(Room { after: false, ..room }),
                };
                let laid = match node {
                    Node::Warmup(..) => node,
                    node => Node::Sequence(vec![Phase { node, lasts: Lasts::For(d) }]),
                };
                Modifier::Overlay(Box::new(laid), end)
            }
            16..=18 => Modifier::Reverse,
            _ => Modifier::Jitter(number(self.r.pick(&["0.5", "0.1", "1"])), self.r.below(9)),
        };
        // A mirrored warmup looks at what comes before, which may look back.
        let after = room.after && modifier != Modifier::Reverse;
        let inner = Room { after, lasting: true, ..room };
        let inner = match modifier {
            Modifier::Reverse if self.r.chance(40) => self.leaf(inner),
            _ => self.schedule(inner),
        };
        Node::Modified(Box::new(inner), modifier)
    }

    /// A phase without a time.
    fn leaf(&mut self, room: Room) -> Node {
        match self.r.below(10) {
            0 => {
                let every = self.time(room, room.len * 0.5);
                let drops = if self.r.chance(70) {
                    Drops::Every(every)
                } else {
                    let first = self.time(room, room.len * 0.2);
                    let later = Time::Sum(Box::new(first.clone()), Box::new(every));
                    Drops::At(vec![first.clone(), first, later])
                };
                Node::Decay(self.value(), number(self.r.pick(&["0.5", "0.1", "0.9"])), drops)
            }
            1 => Node::Rsqrt(self.value(), self.time(room, room.len.max(2.0))),
            2 => {
                let every = self.time(room, room.len.max(2.0));
                Node::Inverse(
                    self.value(),
                    every,
                    number(self.r.pick(&["1", "0.5", "3"])),
                    number(self.r.pick(&["1", "0.5", "2"])),
                )
            }
            _ => self.pure(room),
        }
    }

    /// A phase without a time in it.
    fn pure(&mut self, room: Room) -> Node {
        match self.r.below(10) {
            0 => self.constant(),
            1..=4 => self.ramp(room),
            _ => self.formula(),
        }
    }

    fn constant(&mut self) -> Node {
        match self.r.below(8) {
            0 => Node::Times(self.value()),
            _ => Node::Number(self.value()),
        }
    }

    fn ramp(&mut self, room: Room) -> Node {
        let power = number(self.r.pick(&["0.1", "0.5", "2", "3.7", "1"]));
        let shape = self.r.pick(&[
            Shape::Arrow,
            Shape::Arrow,
            Shape::Linear,
            Shape::Cosine,
            Shape::Poly(power),
            Shape::Exp,
            Shape::Sqrt,
            Shape::Inv,
            Shape::Tanh(number("-7"), number("3")),
            Shape::Sigmoid(number("12")),
            Shape::Rex,
        ]);
        let positive = matches!(shape, Shape::Exp | Shape::Inv);
        let open = room.after && !positive && self.r.chance(50);
        let count = 1 + usize::from(!open) + usize::from(self.r.chance(20));
        let ends = (0..count).map(|_| if positive { Node::Number(self.positive()) } else { self.constant() }).collect();
        Node::Ramp(shape, open, ends)
    }

    fn name(&mut self) -> Node {
        use Name::{Base, Epoch, RunEpoch, RunStep, RunT, Step, T};
        Node::Name(self.r.pick(&[T, T, Step, Step, Epoch, RunT, RunStep, RunStep, RunEpoch, Base]))
    }

    /// An expression of the names: finite everywhere, since nothing in it has a pole.
    fn formula(&mut self) -> Node {
        let two = |two, a, b| Node::Two(two, Box::new(a), Box::new(b));
        let constant = |text: &str| Node::Number(number(text));
        let name = self.name();
        match self.r.below(10) {
            0..=2 => name,
            3 | 4 => {
                let by = constant(self.r.pick(&["2", "5", "10", "0.5", "3", "4"]));
                let arg = match self.r.below(5) {
                    0 | 1 => two(Two::Div, name, by),
                    2 | 3 => two(Two::Mul, name, by),
                    _ => two(Two::Mul, by.clone(), two(Two::Sub, by, name)),
                };
                let rounded = Node::One(self.r.pick(&[One::Floor, One::Ceil, One::Round]), Box::new(arg));
                match self.r.below(3) {
                    0 => two(
                        Two::Pow,
                        constant("0.5"),
                        two(Two::Min, two(Two::Max, rounded, constant("-9")), constant("9")),
                    ),
                    _ => rounded,
                }
            }
            5 => two(Two::Mul, constant("1e-3"), two(Two::Pow, constant("0.95"), Node::One(One::Abs, Box::new(name)))),
            6 => Node::One(One::Sqrt, Box::new(Node::One(One::Abs, Box::new(name)))),
            7 => two(Two::Pow, self.pick_small(), two(Two::Sub, constant("1"), Node::Name(Name::T))),
            8 => {
                let sum = two(Two::Add, constant("2"), Node::One(One::Abs, Box::new(name)));
                two(Two::Div, constant("1"), sum)
            }
            _ => {
                let t = Box::new(Node::Name(Name::T));
                match self.r.below(3) {
                    0 => Node::One(One::Neg, Box::new(name)),
                    1 => {
                        Node::One(One::Ln, Box::new(two(Two::Add, constant("2"), Node::One(One::Abs, Box::new(name)))))
                    }
                    _ => Node::One(self.r.pick(&[One::Tanh, One::Sigmoid, One::Cos, One::Sin, One::Exp]), t),
                }
            }
        }
    }

    fn pick_small(&mut self) -> Node {
        Node::Number(number(self.r.pick(&["0", "0.5", "2"])))
    }
}

/// A length in steps as a fraction, to write a program for.
fn ratio_of(x: f64) -> super::program::Q {
    super::program::Q::from_float(x).unwrap_or_else(|| super::program::ratio(0, 1))
}
