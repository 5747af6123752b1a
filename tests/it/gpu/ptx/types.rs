//! The types of PTX and what their bits mean.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Predicate,
    Bits,
    Unsigned,
    Signed,
    Float,
}

/// The type of an operand. Values of any type are bits, zero above the type's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ty {
    pub kind: Kind,
    pub bits: u32,
}

pub const PREDICATE: Ty = Ty { kind: Kind::Predicate, bits: 1 };
pub const U32: Ty = Ty { kind: Kind::Unsigned, bits: 32 };

impl Ty {
    /// `f64` and the like.
    pub fn named(name: &str) -> Option<Self> {
        if name == "pred" {
            return Some(PREDICATE);
        }
        let kind = match name.get(..1)? {
            "b" => Kind::Bits,
            "u" => Kind::Unsigned,
            "s" => Kind::Signed,
            "f" => Kind::Float,
            _ => return None,
        };
        let bits = match &name[1..] {
            "8" if kind != Kind::Float => 8,
            "16" if kind != Kind::Float => 16,
            "32" => 32,
            "64" => 64,
            _ => return None,
        };
        Some(Self { kind, bits })
    }

    /// What a value takes in memory.
    pub fn bytes(self) -> u64 {
        u64::from(self.bits.div_ceil(8))
    }

    /// Of those that arithmetic has: not 8 bits.
    pub fn is_integer(self) -> bool {
        matches!(self.kind, Kind::Unsigned | Kind::Signed) && self.bits > 8
    }

    pub fn is_float(self) -> bool {
        self.kind == Kind::Float
    }

    /// What `bits` are as an integer.
    pub fn value(self, bits: u64) -> i128 {
        let bits = self.truncated(i128::from(bits));
        let negative = self.kind == Kind::Signed && bits >> (self.bits - 1) & 1 == 1;
        i128::from(bits) - if negative { 1 << self.bits } else { 0 }
    }

    /// The bits of an integer that this type has.
    pub fn truncated(self, x: i128) -> u64 {
        (x & ((1 << self.bits) - 1)) as u64
    }

    /// Whether an integer can be written as an operand of this type.
    pub fn holds(self, x: i128) -> bool {
        (-(1 << (self.bits - 1))..1 << self.bits).contains(&x)
    }

    /// Twice as wide.
    pub fn wide(self) -> Self {
        Self { bits: 2 * self.bits, ..self }
    }

    /// What `bits` are as a number, which an f64 has room for.
    pub fn real(self, bits: u64) -> f64 {
        if self.bits == 64 { f64::from_bits(bits) } else { f64::from(f32::from_bits(bits as u32)) }
    }
}
