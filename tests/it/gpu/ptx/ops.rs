//! What an instruction computes from values: the operations that NVRTC writes for our texts, as the PTX ISA defines them.
//!
//! Guarantee: what is not here is refused by name. That goes above all for floating-point operations without a rounding
//! (`mul.f64`), which the assembler may contract, and for `.ftz`, `.approx` and `.full`.

use std::cmp::Ordering;

use num_traits::Float;

use super::types::{Kind, PREDICATE, Ty, U32};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Add,
    Sub,
    Mul,
    MulHi,
    MulWide,
    Mad,
    MadWide,
    Div,
    Rem,
    Min,
    Max,
    Abs,
    Neg,
    And,
    Or,
    Xor,
    Not,
    Shl,
    Shr,
    Fma,
    Sqrt,
    Rcp,
    Move,
    Select,
    Compare(Relation, bool),
    Convert(Round),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// Neither is NaN.
    Num,
    /// One is NaN.
    Nan,
}

/// How `cvt` rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    Exact,
    Nearest,
    /// To an integer: to the nearest, towards −∞, +∞, zero.
    Even,
    Down,
    Up,
    Zero,
}

/// An operation with its types.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    name: Name,
    ty: Ty,
    /// What `cvt` takes.
    from: Ty,
}

impl Op {
    /// The operation of an instruction such as `mul.wide.u32`, if it is known.
    pub fn named(instruction: &str) -> Option<Self> {
        let parts: Vec<&str> = instruction.split('.').collect();
        let (last, parts) = parts.split_last()?;
        let ty = Ty::named(last)?;
        if let ["cvt", parts @ .., to] = parts {
            return conversion(parts, Ty::named(to)?, ty);
        }
        let bits = ty.kind == Kind::Bits && ty.bits > 8;
        let wider = ty.is_integer() && ty.bits < 64;
        let (name, fits) = match parts {
            ["add"] => (Name::Add, ty.is_integer()),
            ["sub"] => (Name::Sub, ty.is_integer()),
            ["mul", "lo"] => (Name::Mul, ty.is_integer()),
            ["mul", "hi"] => (Name::MulHi, ty.is_integer()),
            ["mul", "wide"] => (Name::MulWide, wider),
            ["mad", "lo"] => (Name::Mad, ty.is_integer()),
            ["mad", "wide"] => (Name::MadWide, wider),
            ["div"] => (Name::Div, ty.is_integer()),
            ["rem"] => (Name::Rem, ty.is_integer()),
            ["min"] => (Name::Min, ty.is_integer() || ty.is_float()),
            ["max"] => (Name::Max, ty.is_integer() || ty.is_float()),
            ["abs"] => (Name::Abs, ty.kind == Kind::Signed && ty.is_integer() || ty.is_float()),
            ["neg"] => (Name::Neg, ty.kind == Kind::Signed && ty.is_integer() || ty.is_float()),
            ["and"] => (Name::And, bits || ty == PREDICATE),
            ["or"] => (Name::Or, bits || ty == PREDICATE),
            ["xor"] => (Name::Xor, bits || ty == PREDICATE),
            ["not"] => (Name::Not, bits || ty == PREDICATE),
            ["shl"] => (Name::Shl, bits),
            ["shr"] => (Name::Shr, bits || ty.is_integer()),
            ["add", "rn"] => (Name::Add, ty.is_float()),
            ["sub", "rn"] => (Name::Sub, ty.is_float()),
            ["mul", "rn"] => (Name::Mul, ty.is_float()),
            ["div", "rn"] => (Name::Div, ty.is_float()),
            ["fma", "rn"] => (Name::Fma, ty.is_float()),
            ["sqrt", "rn"] => (Name::Sqrt, ty.is_float()),
            ["rcp", "rn"] => (Name::Rcp, ty.is_float()),
            ["mov"] => (Name::Move, ty.bits != 8),
            // Generic addresses of global memory are its own.
            ["cvta", "to", "global"] => (Name::Move, *last == "u64"),
            ["selp"] => (Name::Select, ty.bits > 8),
            ["setp", relation] => {
                let (relation, unordered) = compared(relation)?;
                let only_floats = unordered || matches!(relation, Relation::Num | Relation::Nan);
                let equality = matches!(relation, Relation::Eq | Relation::Ne);
                let fits = ty.is_float() || !only_floats && (ty.is_integer() || bits && equality);
                (Name::Compare(relation, unordered), fits)
            }
            _ => return None,
        };
        fits.then_some(Self { name, ty, from: ty })
    }

    /// The types of the operands.
    pub fn inputs(self) -> Vec<Ty> {
        let ty = self.ty;
        match self.name {
            Name::Abs | Name::Neg | Name::Not | Name::Sqrt | Name::Rcp | Name::Move => vec![ty],
            Name::Convert(_) => vec![self.from],
            Name::Shl | Name::Shr => vec![ty, U32],
            Name::Fma | Name::Mad => vec![ty; 3],
            Name::MadWide => vec![ty, ty, ty.wide()],
            Name::Select => vec![ty, ty, PREDICATE],
            _ => vec![ty; 2],
        }
    }

    /// The type of the result.
    pub fn output(self) -> Ty {
        match self.name {
            Name::Compare(..) => PREDICATE,
            Name::MulWide | Name::MadWide => self.ty.wide(),
            _ => self.ty,
        }
    }

    /// Whether operands may lie in registers that are wider.
    pub fn takes_wider(self) -> bool {
        matches!(self.name, Name::Convert(_))
    }

    /// The result's bits. Operands that the operation does not have are ignored.
    pub fn apply(self, [a, b, c]: [u64; 3]) -> Result<u64, String> {
        let ty = self.ty;
        Ok(match self.name {
            Name::Move => a,
            Name::Select => [b, a][usize::from(c != 0)],
            Name::Compare(relation, unordered) => {
                let order = if ty.is_float() {
                    ty.real(a).partial_cmp(&ty.real(b))
                } else {
                    Some(ty.value(a).cmp(&ty.value(b)))
                };
                u64::from(relation.holds(order, unordered))
            }
            Name::Convert(round) => convert(round, ty, self.from, a),
            name if ty.is_float() && ty.bits == 64 => {
                let [a, b, c] = [a, b, c].map(f64::from_bits);
                float(name, a, b, c).to_bits()
            }
            name if ty.is_float() => {
                let [a, b, c] = [a, b, c].map(|x| f32::from_bits(x as u32));
                let result = float(name, a, b, c);
                // Every f32 operation gives the same NaN.
                u64::from(if result.is_nan() { 0x7fff_ffff } else { result.to_bits() })
            }
            name => return integer(name, ty, [a, b, c]),
        })
    }
}

impl Relation {
    fn holds(self, order: Option<Ordering>, unordered: bool) -> bool {
        let Some(order) = order else { return unordered || self == Self::Nan };
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
            Self::Num => true,
            Self::Nan => false,
        }
    }
}

/// A comparison, and whether it holds when an operand is NaN.
fn compared(name: &str) -> Option<(Relation, bool)> {
    let relation = match name.strip_suffix('u').unwrap_or(name) {
        "eq" => Relation::Eq,
        "ne" => Relation::Ne,
        "lt" => Relation::Lt,
        "le" => Relation::Le,
        "gt" => Relation::Gt,
        "ge" => Relation::Ge,
        "num" if name == "num" => Relation::Num,
        "nan" if name == "nan" => Relation::Nan,
        _ => return None,
    };
    Some((relation, name.ends_with('u')))
}

fn conversion(round: &[&str], to: Ty, from: Ty) -> Option<Op> {
    let round = match round {
        [] => Round::Exact,
        ["rn"] => Round::Nearest,
        ["rni"] => Round::Even,
        ["rmi"] => Round::Down,
        ["rpi"] => Round::Up,
        ["rzi"] => Round::Zero,
        _ => return None,
    };
    let integral = !matches!(round, Round::Exact | Round::Nearest);
    let number = |ty: Ty| matches!(ty.kind, Kind::Unsigned | Kind::Signed);
    let fits = match (from.is_float(), to.is_float()) {
        (false, false) => number(from) && number(to) && round == Round::Exact,
        (false, true) => number(from) && round == Round::Nearest,
        (true, false) => number(to) && integral,
        (true, true) => match to.bits.cmp(&from.bits) {
            Ordering::Less => round == Round::Nearest,
            Ordering::Equal => integral,
            Ordering::Greater => round == Round::Exact,
        },
    };
    fits.then_some(Op { name: Name::Convert(round), ty: to, from })
}

fn convert(round: Round, to: Ty, from: Ty, bits: u64) -> u64 {
    if !from.is_float() {
        let x = from.value(bits);
        return match (to.is_float(), to.bits) {
            (false, _) => to.truncated(x),
            (true, 64) => (x as f64).to_bits(),
            (true, _) => u64::from((x as f32).to_bits()),
        };
    }
    // Exact for f32.
    let x = from.real(bits);
    let rounded = match round {
        Round::Exact | Round::Nearest => x,
        Round::Even => x.round_ties_even(),
        Round::Down => x.floor(),
        Round::Up => x.ceil(),
        Round::Zero => x.trunc(),
    };
    match (to.is_float(), to.bits) {
        (true, 64) => rounded.to_bits(),
        (true, _) => u64::from((rounded as f32).to_bits()),
        // What the ISA says of NaN: zero between small types, otherwise only the highest bit.
        (false, bits) if x.is_nan() => u64::from(bits == 64 || from.bits == 64) << (bits - 1),
        (false, bits) => {
            let signed = to.kind == Kind::Signed;
            let least = if signed { -(1 << (bits - 1)) } else { 0 };
            let greatest = (1i128 << (bits - u32::from(signed))) - 1;
            to.truncated((rounded as i128).clamp(least, greatest))
        }
    }
}

fn float<F: Float>(name: Name, a: F, b: F, c: F) -> F {
    // Of two zeros the negative one is the smaller; a number goes before NaN.
    let below = a < b || a == b && a.is_sign_negative();
    match name {
        Name::Add => a + b,
        Name::Sub => a - b,
        Name::Mul => a * b,
        Name::Div => a / b,
        Name::Fma => a.mul_add(b, c),
        Name::Sqrt => a.sqrt(),
        Name::Rcp => F::one() / a,
        Name::Neg => -a,
        Name::Abs => a.abs(),
        Name::Min if a.is_nan() || !b.is_nan() && !below => b,
        Name::Max if a.is_nan() || !b.is_nan() && below => b,
        Name::Min | Name::Max => a,
        _ => unreachable!("`Op::named` gives floats no other operation"),
    }
}

fn integer(name: Name, ty: Ty, bits: [u64; 3]) -> Result<u64, String> {
    let [a, b, c] = bits.map(|x| ty.value(x));
    // Numbers above the type's width shift everything out.
    let shift = U32.truncated(bits[1].into()).min(u64::from(ty.bits)) as u32;
    Ok(ty.truncated(match name {
        Name::Add => a + b,
        Name::Sub => a - b,
        Name::Mul => a.wrapping_mul(b),
        Name::Mad => a.wrapping_mul(b).wrapping_add(c),
        // The product of two u64 has no place in an i128.
        Name::MulHi if ty.kind == Kind::Unsigned => ((a as u128 * b as u128) >> ty.bits) as i128,
        Name::MulHi => (a * b) >> ty.bits,
        Name::MulWide => return Ok(ty.wide().truncated(a * b)),
        Name::MadWide => return Ok(ty.wide().truncated(a * b + i128::from(bits[2]))),
        Name::Div | Name::Rem if b == 0 => return Err("an integer is divided by zero".to_owned()),
        Name::Div => a / b,
        Name::Rem => a % b,
        Name::Min => a.min(b),
        Name::Max => a.max(b),
        Name::Abs => a.abs(),
        Name::Neg => -a,
        Name::And => a & b,
        Name::Or => a | b,
        Name::Xor => a ^ b,
        Name::Not => !a,
        Name::Shl => a << shift,
        Name::Shr => a >> shift,
        _ => unreachable!("`Op::named` gives integers no other operation"),
    }))
}
