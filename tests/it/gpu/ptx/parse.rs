//! PTX text → kernels whose registers, addresses and branches are numbers.
//!
//! Guarantee: nothing is skipped. A directive, an instruction or an operand that is not known is an error that shows it,
//! and so is an operand whose register has another width than its instruction.

use std::collections::HashMap;

use super::ops::Op;
use super::types::{Kind, PREDICATE, Ty};

/// Where `.global` and `.const` tables begin.
const TABLES: u64 = 1 << 32;
/// Bytes between variables, which nothing may touch.
const GAP: u64 = 256;

#[derive(Debug, Default)]
pub struct Module {
    pub kernels: Vec<Kernel>,
    /// Every table: its address and content.
    pub tables: Vec<(u64, Vec<u8>)>,
}

#[derive(Debug)]
pub struct Kernel {
    pub name: String,
    pub params: Vec<Ty>,
    pub registers: Vec<Ty>,
    /// Variables in shared memory: where each begins and ends.
    pub shared: Vec<(u64, u64)>,
    /// The most threads of a block.
    pub threads: u32,
    pub code: Vec<Inst>,
}

#[derive(Debug)]
pub struct Inst {
    /// It is only done where this register has this value.
    pub guard: Option<(usize, u64)>,
    pub what: What,
    pub text: String,
}

#[derive(Debug)]
pub enum What {
    Compute {
        op: Op,
        out: usize,
        args: [Arg; 3],
    },
    /// Registers, with their own types, from one place after the other.
    Load {
        space: Space,
        ty: Ty,
        out: Vec<(usize, Ty)>,
        at: (Arg, u64),
    },
    Store {
        space: Space,
        ty: Ty,
        from: Vec<Arg>,
        at: (Arg, u64),
    },
    Param {
        out: usize,
        index: usize,
    },
    Branch(usize),
    Barrier,
    Return,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    Global,
    Shared,
}

#[derive(Clone, Copy, Debug)]
pub enum Arg {
    Register(usize),
    Number(u64),
    Special(Special),
}

#[derive(Clone, Copy, Debug)]
pub enum Special {
    Thread,
    Threads,
    Block(usize),
    Blocks(usize),
}

/// The names of a kernel.
#[derive(Default)]
struct Names<'a> {
    registers: HashMap<String, (usize, Ty)>,
    /// Addresses of tables and shared variables.
    symbols: HashMap<&'a str, u64>,
    params: HashMap<&'a str, usize>,
    labels: HashMap<&'a str, usize>,
}

type Res<T> = Result<T, String>;

/// Reads a whole text.
pub fn module(text: &str) -> Res<Module> {
    let text: String = text.lines().map(|line| line.split("//").next().unwrap_or("").to_owned() + "\n").collect();
    let mut module = Module::default();
    let mut tables = HashMap::new();
    let mut next = TABLES;
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let word = rest.split_whitespace().next().unwrap_or("");
        if matches!(word, ".version" | ".target" | ".address_size") {
            rest = until(rest, "\n")?.1;
        } else if matches!(word, ".visible" | ".entry") {
            let after = rest.strip_prefix(".visible").unwrap_or(rest).trim_start();
            let after = after.strip_prefix(".entry").ok_or_else(|| format!("{word} of what is no kernel"))?;
            rest = kernel(after, &tables, &mut module)?;
        } else if matches!(word, ".global" | ".const") {
            let (line, after) = until(rest, ";")?;
            let (name, align, bytes) = variable(line.trim_start_matches(word))?;
            next = next.next_multiple_of(align);
            tables.insert(name, next);
            let size = bytes.len() as u64;
            module.tables.push((next, bytes));
            (next, rest) = (next + size + GAP, after);
        } else {
            return Err(format!("the directive is not known: {}", rest.lines().next().unwrap_or("")));
        }
        rest = rest.trim_start();
    }
    Ok(module)
}

fn until<'a>(text: &'a str, end: &str) -> Res<(&'a str, &'a str)> {
    text.split_once(end).ok_or_else(|| format!("there is no `{end}` after {}", text.lines().next().unwrap_or("")))
}

/// `.align 8 .b8 name[3] = {1, 2, 3}`: the name, alignment and content.
fn variable(text: &str) -> Res<(&str, u64, Vec<u8>)> {
    let odd = || format!("the variable is not known: {text}");
    let (head, init) = text.split_once('=').map_or((text, None), |(head, init)| (head, Some(init)));
    let words: Vec<&str> = head.split_whitespace().collect();
    let [".align", align, ty, name] = words[..] else { return Err(odd()) };
    let align = align.parse().ok().filter(|&n: &u64| n.is_power_of_two()).ok_or_else(odd)?;
    let ty = ty.strip_prefix('.').and_then(Ty::named).ok_or_else(odd)?;
    let (name, count) = match name.split_once('[') {
        Some((name, count)) => (name, count.strip_suffix(']').and_then(|n| n.parse().ok()).ok_or_else(odd)?),
        None => (name, 1),
    };
    let mut bytes = vec![];
    if let Some(init) = init {
        let list = init.trim().strip_prefix('{').and_then(|s| s.strip_suffix('}')).ok_or_else(odd)?;
        for number in list.split(',') {
            let number = literal(number.trim(), ty).ok_or_else(odd)?;
            bytes.extend_from_slice(&number.to_le_bytes()[..ty.bytes() as usize]);
        }
    }
    let size = (count * ty.bytes()) as usize;
    if bytes.len() > size {
        return Err(odd());
    }
    // The ISA fills the rest of a table with zeros.
    bytes.resize(size, 0);
    Ok((name, align, bytes))
}

/// A number as an operand of this type: its bits.
fn literal(text: &str, ty: Ty) -> Option<u64> {
    for (prefix, bits) in [("0d", 64), ("0f", 32)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let fits = ty.bits == bits && digits.len() as u32 * 4 == bits;
            return u64::from_str_radix(digits, 16)
                .ok()
                .filter(|_| fits && matches!(ty.kind, Kind::Float | Kind::Bits));
        }
    }
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let number = match digits.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(digits, 16).ok()?,
        None => digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<i128>().ok())??,
    };
    let number = if negative { -number } else { number };
    (ty.kind != Kind::Float && ty.holds(number)).then(|| ty.truncated(number))
}

/// What follows `.entry`; what follows the kernel.
fn kernel<'a>(text: &'a str, tables: &HashMap<&'a str, u64>, module: &mut Module) -> Res<&'a str> {
    let (name, after) = until(text, "(")?;
    let (params, after) = until(after, ")")?;
    let (limits, mut rest) = until(after, "{")?;
    let mut names = Names { symbols: tables.clone(), ..Names::default() };
    let mut kernel = Kernel {
        name: name.trim().to_owned(),
        params: vec![],
        registers: vec![],
        shared: vec![],
        threads: 1024,
        code: vec![],
    };
    for param in params.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let words: Vec<&str> = param.split_whitespace().collect();
        let ([".param", ty, name] | [".param", ty, ".ptr", ".align", _, name]) = words[..] else {
            return Err(format!("the parameter is not known: {param}"));
        };
        let ty = ty.strip_prefix('.').and_then(Ty::named).ok_or_else(|| format!("no type: {param}"))?;
        names.params.insert(name, kernel.params.len());
        kernel.params.push(ty);
    }
    if !limits.trim().is_empty() {
        let numbers: Option<Vec<u32>> =
            limits.trim().strip_prefix(".maxntid").and_then(|n| n.split(',').map(|n| n.trim().parse().ok()).collect());
        let numbers = numbers.ok_or_else(|| format!("the limit is not known: {limits}"))?;
        kernel.threads = numbers.iter().product();
    }
    let mut statements = vec![];
    let mut free = GAP;
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('}') {
            rest = after;
            break;
        }
        let end = rest.find([':', ';']).ok_or_else(|| format!("{} does not end", kernel.name))?;
        let (line, after) = (rest[..end].trim(), &rest[end + 1..]);
        if rest[end..].starts_with(':') {
            names.labels.insert(line, statements.len());
        } else if let Some(list) = line.strip_prefix(".reg") {
            declare(list, &mut names.registers, &mut kernel.registers)?;
        } else if let Some(shared) = line.strip_prefix(".shared") {
            let (name, align, bytes) = variable(shared)?;
            free = free.next_multiple_of(align);
            let end = free + bytes.len() as u64;
            names.symbols.insert(name, free);
            kernel.shared.push((free, end));
            free = end + GAP;
        } else if line.starts_with('.') {
            // It is about loops, not about what they do.
            if line.split_whitespace().collect::<Vec<_>>() != [".pragma", "\"nounroll\""] {
                return Err(format!("the directive is not known: {line}"));
            }
        } else {
            statements.push(line);
        }
        rest = after;
    }
    for line in statements {
        let inst = instruction(line, &names, &kernel).map_err(|e| format!("{}: {line}: {e}", kernel.name))?;
        kernel.code.push(inst);
    }
    module.kernels.push(kernel);
    Ok(rest)
}

/// `.b32 %r<9>`: `%r0` to `%r8`.
fn declare(list: &str, names: &mut HashMap<String, (usize, Ty)>, registers: &mut Vec<Ty>) -> Res<()> {
    let odd = || format!("the registers are not known: {list}");
    let words: Vec<&str> = list.split_whitespace().collect();
    let [ty, name] = words[..] else { return Err(odd()) };
    let ty = ty.strip_prefix('.').and_then(Ty::named).ok_or_else(odd)?;
    let (name, count) = name.strip_suffix('>').and_then(|name| name.split_once('<')).ok_or_else(odd)?;
    for k in 0..count.parse::<usize>().map_err(|_| odd())? {
        names.insert(format!("{name}{k}"), (registers.len(), ty));
        registers.push(ty);
    }
    Ok(())
}

fn instruction(line: &str, names: &Names<'_>, kernel: &Kernel) -> Res<Inst> {
    let (guard, line) = match line.strip_prefix('@') {
        Some(guarded) => {
            let (guard, rest) = guarded.split_once(char::is_whitespace).ok_or("nothing is guarded")?;
            let (name, value) = guard.strip_prefix('!').map_or((guard, 1), |name| (name, 0));
            (Some((names.register(name, PREDICATE, false)?.0, value)), rest.trim())
        }
        None => (None, line),
    };
    let (name, operands) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let operands = split(operands);
    let parts: Vec<&str> = name.split('.').collect();
    let what = match (&parts[..], &operands[..]) {
        (["bra"] | ["bra", "uni"], [label]) => {
            What::Branch(*names.labels.get(label).ok_or_else(|| format!("there is no label {label}"))?)
        }
        (["bar", "sync"], ["0"]) => What::Barrier,
        (["ret"], []) => What::Return,
        (["ld", "param", ty], [out, place]) => {
            let place = place.strip_prefix('[').and_then(|p| p.strip_suffix(']')).unwrap_or("");
            let index = *names.params.get(place).ok_or("there is no such parameter")?;
            let ty =
                Ty::named(ty).filter(|ty| ty.bits == kernel.params[index].bits).ok_or("a parameter has one size")?;
            What::Param { out: names.register(out, ty, false)?.0, index }
        }
        (["ld", space @ ("global" | "shared"), more @ .., ty], [out, place]) => {
            let more = if *space == "global" { more.strip_prefix(&["nc"]).unwrap_or(more) } else { more };
            let ty = Ty::named(ty).ok_or("no type")?;
            let out = vector(out, more)?.into_iter().map(|r| names.register(r, ty, true)).collect::<Res<_>>()?;
            What::Load { space: self::space(space), ty, out, at: names.address(place)? }
        }
        (["st", space @ ("global" | "shared"), more @ .., ty], [place, from]) => {
            let ty = Ty::named(ty).ok_or("no type")?;
            let from = vector(from, more)?.into_iter().map(|a| names.arg(a, ty, true)).collect::<Res<_>>()?;
            What::Store { space: self::space(space), ty, from, at: names.address(place)? }
        }
        (_, [out, from @ ..]) => {
            let op = Op::named(name).ok_or("the instruction is not known")?;
            let inputs = op.inputs();
            if from.len() != inputs.len() {
                return Err(format!("it takes {} operands", inputs.len()));
            }
            let mut args = [Arg::Number(0); 3];
            for ((arg, text), ty) in args.iter_mut().zip(from).zip(inputs) {
                *arg = names.arg(text, ty, op.takes_wider())?;
            }
            What::Compute { op, out: names.register(out, op.output(), false)?.0, args }
        }
        _ => return Err("the instruction is not known".to_owned()),
    };
    Ok(Inst { guard, what, text: line.to_owned() })
}

fn space(name: &str) -> Space {
    if name == "shared" { Space::Shared } else { Space::Global }
}

/// Operands, with what stands in braces as one.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let parts = text.split(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The registers of one operand, of which `.v2` and `.v4` have as many.
fn vector<'a>(text: &'a str, modifiers: &[&str]) -> Res<Vec<&'a str>> {
    let count = match modifiers {
        [] => return Ok(vec![text]),
        ["v2"] => 2,
        ["v4"] => 4,
        _ => return Err("the instruction is not known".to_owned()),
    };
    let list = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).ok_or("no vector")?;
    let list: Vec<&str> = list.split(',').map(str::trim).collect();
    if list.len() == count { Ok(list) } else { Err("a vector of another length".to_owned()) }
}

impl Names<'_> {
    /// The register of this name, which must be as wide as `ty`, or may be wider.
    fn register(&self, name: &str, ty: Ty, wider: bool) -> Res<(usize, Ty)> {
        let (index, own) = *self.registers.get(name).ok_or_else(|| format!("there is no register {name}"))?;
        if own.bits == ty.bits || wider && own.bits > ty.bits && ty != PREDICATE {
            return Ok((index, own));
        }
        Err(format!("{name} has {} bits instead of {}", own.bits, ty.bits))
    }

    fn arg(&self, text: &str, ty: Ty, wider: bool) -> Res<Arg> {
        let special = match text {
            "%tid.x" => Some(Special::Thread),
            "%ntid.x" => Some(Special::Threads),
            "%ctaid.x" => Some(Special::Block(0)),
            "%ctaid.y" => Some(Special::Block(1)),
            "%nctaid.x" => Some(Special::Blocks(0)),
            "%nctaid.y" => Some(Special::Blocks(1)),
            _ => None,
        };
        match special {
            Some(special) if ty.bits == 32 => return Ok(Arg::Special(special)),
            Some(_) => return Err(format!("{text} has 32 bits")),
            None => {}
        }
        if text.starts_with('%') {
            return Ok(Arg::Register(self.register(text, ty, wider)?.0));
        }
        match self.symbols.get(text) {
            Some(&address) if ty.bits == 64 => Ok(Arg::Number(address)),
            _ => literal(text, ty).map(Arg::Number).ok_or_else(|| format!("the operand is not known: {text}")),
        }
    }

    /// `[%rd1+8]`: the base, and what is added to it.
    fn address(&self, text: &str) -> Res<(Arg, u64)> {
        const ADDRESS: Ty = Ty { kind: Kind::Bits, bits: 64 };
        let inner =
            text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).ok_or_else(|| format!("no place: {text}"))?;
        let (base, offset) = inner.split_once('+').unwrap_or((inner, "0"));
        let offset = literal(offset, ADDRESS).ok_or_else(|| format!("no offset: {text}"))?;
        Ok((self.arg(base, ADDRESS, false)?, offset))
    }
}
