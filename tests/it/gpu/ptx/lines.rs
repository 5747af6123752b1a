//! The interpreter itself, on lines written by hand, with results that the PTX ISA (or arithmetic on paper) gives. Needs
//! no compiler.

use super::Device;
use super::ops::Op;
use super::types::{PREDICATE, Ty};

/// A register of this type: its name.
fn register(ty: Ty, index: usize) -> String {
    let class = match ty {
        PREDICATE => "p",
        Ty { bits: 16, .. } => "h",
        Ty { bits: 32, .. } => "r",
        _ => "d",
    };
    format!("%{class}{index}")
}

/// A kernel with these statements; `%d0` is its argument, an array in global memory.
fn kernel(statements: &str) -> String {
    format!(
        ".version 9.0\n.target sm_90\n.address_size 64\n.visible .entry k(.param .u64 k_param_0)\n{{\n\
         .reg .pred %p<9>;\n.reg .b16 %h<9>;\n.reg .b32 %r<9>;\n.reg .b64 %d<9>;\n\
         .shared .align 8 .b8 room[64];\nld.param.u64 %d0, [k_param_0];\n{statements}\n}}\n"
    )
}

/// What the kernel leaves in its array.
fn run(statements: &str, threads: u32, numbers: &[u64]) -> Result<Vec<u64>, String> {
    let mut device = Device::read(&kernel(statements), false)?;
    let array = device.copy(numbers);
    device.try_launch("k", [1, 1], threads, &[array.into()])?;
    Ok(device.read_back(array, numbers.len()))
}

/// The result of one instruction, on operands from memory.
fn one(name: &str, operands: &[u64]) -> Result<u64, String> {
    let op = Op::named(name).ok_or_else(|| format!("{name} is not known"))?;
    let (mut text, mut list) = (String::new(), String::new());
    for (k, ty) in op.inputs().into_iter().enumerate() {
        let register = register(ty, k + 1);
        if ty == PREDICATE {
            text += &format!("ld.global.u64 %d8, [%d0+{}];\nsetp.ne.s64 {register}, %d8, 0;\n", 8 * k + 8);
        } else {
            text += &format!("ld.global.b{} {register}, [%d0+{}];\n", ty.bits.max(16), 8 * k + 8);
        }
        list += &format!(", {register}");
    }
    text += "mov.b64 %d8, 0;\nst.global.b64 [%d0], %d8;\n";
    let out = op.output();
    text += &format!("{name} {}{list};\n", register(out, 7));
    text += &match out {
        PREDICATE => "selp.u32 %r8, 1, 0, %p7;\nst.global.u32 [%d0], %r8;\nret;".to_owned(),
        _ => format!("st.global.b{} [%d0], {};\nret;", out.bits, register(out, 7)),
    };
    run(&text, 1, &[&[99], operands].concat()).map(|all| all[0])
}

fn bits(x: f64) -> u64 {
    x.to_bits()
}

fn single(x: f32) -> u64 {
    u64::from(x.to_bits())
}

const TOP: u64 = 1 << 63;
const NAN: u64 = 0x7ff8_0000_0000_0000;
const NAN32: u64 = 0x7fff_ffff;

#[test]
fn integers() {
    for (name, operands, expected) in [
        ("add.s16", &[0xffff, 2][..], 1),
        ("add.s32", &[0x7fff_ffff, 1], 0x8000_0000),
        ("add.s64", &[u64::MAX, 1], 0),
        ("sub.s16", &[0, 1], 0xffff),
        ("sub.s64", &[3, 5], -2i64 as u64),
        ("mul.lo.s16", &[300, 300], 90_000 & 0xffff),
        ("mul.lo.s32", &[0x10001, 0x10001], 0x20001),
        ("mul.lo.s64", &[u64::MAX, u64::MAX], 1),
        ("mul.hi.u16", &[0xffff, 0xffff], 0xfffe),
        ("mul.hi.u64", &[u64::MAX, u64::MAX], u64::MAX - 1),
        ("mul.hi.s64", &[u64::MAX, 2], u64::MAX),
        ("mul.wide.u16", &[0xffff, 0xffff], 0xfffe_0001),
        ("mul.wide.u32", &[0xffff_ffff, 0xffff_ffff], 0xffff_fffe_0000_0001),
        ("mul.wide.s32", &[0xffff_ffff, 8], -8i64 as u64),
        ("mad.lo.s32", &[0x10000, 0x10000, 7], 7),
        ("mad.lo.s64", &[5, -3i64 as u64, 20], 5),
        ("mad.wide.u32", &[0xffff_ffff, 2, TOP], TOP + 0x1_ffff_fffe),
        ("div.u32", &[0xffff_ffff, 10], 429_496_729),
        ("div.s64", &[-7i64 as u64, 2], -3i64 as u64),
        ("rem.u64", &[u64::MAX, 10], 5),
        ("rem.s64", &[-7i64 as u64, 2], -1i64 as u64),
        ("min.u64", &[u64::MAX, 3], 3),
        ("min.s64", &[u64::MAX, 3], u64::MAX),
        ("max.u32", &[0xffff_ffff, 3], 0xffff_ffff),
        ("max.s32", &[0xffff_ffff, 3], 3),
        ("abs.s32", &[0xffff_fffd], 3),
        ("neg.s64", &[1], u64::MAX),
        ("neg.s32", &[0x8000_0000], 0x8000_0000),
        ("not.b16", &[0x0ff0], 0xf00f),
        ("not.b64", &[0], u64::MAX),
        ("not.pred", &[1], 0),
        ("and.b32", &[0xff00, 0x0ff0], 0x0f00),
        ("or.pred", &[0, 1], 1),
        ("and.pred", &[0, 1], 0),
        ("xor.b64", &[6, 3], 5),
        // Amounts are unsigned and clamped, not taken modulo the width.
        ("shl.b32", &[3, 31], 0x8000_0000),
        ("shl.b32", &[3, 32], 0),
        ("shl.b64", &[3, 64], 0),
        ("shl.b64", &[1, 0xffff_ffff], 0),
        ("shl.b16", &[0x8001, 1], 2),
        ("shr.u64", &[TOP, 63], 1),
        ("shr.u64", &[TOP, 64], 0),
        ("shr.s64", &[TOP, 63], u64::MAX),
        ("shr.s64", &[TOP, 1000], u64::MAX),
        ("shr.s32", &[0x8000_0000, 31], 0xffff_ffff),
        ("shr.u32", &[0x8000_0000, 33], 0),
        ("selp.b64", &[5, 6, 1], 5),
        ("selp.b64", &[5, 6, 0], 6),
        ("setp.lt.u64", &[u64::MAX, 0], 0),
        ("setp.lt.s64", &[u64::MAX, 0], 1),
        ("setp.gt.u16", &[0x8000, 0x7fff], 1),
        ("setp.ge.u32", &[4, 4], 1),
        ("setp.le.u64", &[5, 4], 0),
        ("setp.eq.b64", &[4, 4], 1),
        ("setp.ne.s32", &[4, 4], 0),
    ] {
        assert_eq!(one(name, operands), Ok(expected), "{name} {operands:x?}");
    }
}

#[test]
fn floating_point_numbers() {
    // (1 + 2⁻⁵²)² = 1 + 2⁻⁵¹ + 2⁻¹⁰⁴: only a fused operation sees the last term.
    let above = bits(1.0) + 1;
    // The same for f32: (1 + 2⁻²³)² = 1 + 2⁻²² + 2⁻⁴⁶.
    let above32 = single(1.0) + 1;
    for (name, operands, expected) in [
        ("add.rn.f64", &[bits(1.0), bits(0.5 * f64::EPSILON)][..], bits(1.0)),
        ("add.rn.f64", &[above, bits(0.5 * f64::EPSILON)], above + 1),
        ("sub.rn.f64", &[bits(0.0), bits(0.0)], 0),
        ("mul.rn.f64", &[above, above], bits(1.0) + 2),
        ("mul.rn.f64", &[1, bits(0.5)], 0),
        ("mul.rn.f64", &[3, bits(0.5)], 2),
        ("fma.rn.f64", &[above, above, (bits(1.0) + 2) | TOP], bits(0.5) - (103 << 52)),
        ("fma.rn.f32", &[above32, above32, (single(1.0) + 2) | 1 << 31], single(0.5) - (45 << 23)),
        ("div.rn.f64", &[bits(1.0), bits(3.0)], 0x3fd5_5555_5555_5555),
        ("div.rn.f32", &[single(2.0), single(3.0)], 0x3f2a_aaab),
        ("rcp.rn.f64", &[bits(-0.0)], bits(f64::NEG_INFINITY)),
        ("rcp.rn.f32", &[single(3.0)], 0x3eaa_aaab),
        ("sqrt.rn.f64", &[bits(2.0)], 0x3ff6_a09e_667f_3bcd),
        ("sqrt.rn.f32", &[single(2.0)], 0x3fb5_04f3),
        // Subnormal results stay.
        ("mul.rn.f32", &[1 << 23, single(0.5)], 1 << 22),
        ("div.rn.f32", &[single(0.0), single(0.0)], NAN32),
        ("neg.f64", &[0], TOP),
        ("abs.f64", &[bits(-1.5)], bits(1.5)),
        ("neg.f32", &[single(2.0)], single(-2.0)),
        // A number goes before NaN, and −0 is below 0.
        ("min.f64", &[NAN, bits(2.0)], bits(2.0)),
        ("min.f64", &[bits(2.0), NAN], bits(2.0)),
        ("max.f64", &[bits(2.0), NAN], bits(2.0)),
        ("max.f64", &[NAN, bits(2.0)], bits(2.0)),
        ("min.f64", &[0, TOP], TOP),
        ("min.f64", &[TOP, 0], TOP),
        ("max.f64", &[TOP, 0], 0),
        ("max.f64", &[0, TOP], 0),
        ("max.f32", &[single(3.0), single(4.0)], single(4.0)),
        ("min.f32", &[NAN32, NAN32], NAN32),
        ("selp.f32", &[1, 2, 0], 2),
        ("setp.eq.f64", &[0, TOP], 1),
        ("setp.eq.f64", &[NAN, NAN], 0),
        ("setp.equ.f64", &[NAN, NAN], 1),
        ("setp.ne.f64", &[NAN, NAN], 0),
        ("setp.neu.f64", &[NAN, NAN], 1),
        ("setp.neu.f32", &[single(1.0), single(1.0)], 0),
        ("setp.lt.f64", &[bits(1.0), NAN], 0),
        ("setp.ltu.f64", &[bits(1.0), NAN], 1),
        ("setp.ltu.f64", &[bits(1.0), bits(0.0)], 0),
        ("setp.leu.f32", &[single(1.0), NAN32], 1),
        ("setp.gt.f32", &[single(1.0), single(-1.0)], 1),
        ("setp.gtu.f64", &[bits(0.0), bits(1.0)], 0),
        ("setp.geu.f64", &[bits(0.0), bits(0.0)], 1),
        ("setp.num.f64", &[bits(0.0), NAN], 0),
        ("setp.num.f64", &[bits(0.0), bits(1.0)], 1),
        ("setp.nan.f64", &[NAN, bits(1.0)], 1),
        ("setp.nan.f64", &[bits(f64::INFINITY), bits(1.0)], 0),
    ] {
        assert_eq!(one(name, operands), Ok(expected), "{name} {operands:x?}");
    }
}

#[test]
fn conversions() {
    for (name, operand, expected) in [
        ("cvt.u64.u32", 0xffff_ffff, 0xffff_ffff),
        ("cvt.s64.s32", 0xffff_ffff, u64::MAX),
        ("cvt.u32.u64", TOP + 5, 5),
        ("cvt.u16.u64", 0x12_3456, 0x3456),
        ("cvt.u32.u16", 0xffff, 0xffff),
        ("cvt.rn.f64.s64", u64::MAX, bits(-1.0)),
        ("cvt.rn.f64.u64", u64::MAX, bits(18_446_744_073_709_551_616.0)),
        // Ties go to the even number.
        ("cvt.rn.f64.s64", (1 << 53) + 1, bits(9_007_199_254_740_992.0)),
        ("cvt.rn.f64.s64", (1 << 53) + 3, bits(9_007_199_254_740_996.0)),
        ("cvt.rn.f32.u32", (1 << 24) + 1, single(16_777_216.0)),
        ("cvt.rn.f64.u16", 0xffff, bits(65_535.0)),
        ("cvt.f64.f32", single(0.1), bits(0.100_000_001_490_116_12)),
        ("cvt.rn.f32.f64", bits(0.1), single(0.1)),
        ("cvt.rn.f32.f64", bits(1e39), single(f32::INFINITY)),
        ("cvt.rn.f32.f64", bits(1e-46), 0),
        ("cvt.rni.f64.f64", bits(2.5), bits(2.0)),
        ("cvt.rni.f64.f64", bits(-0.5), TOP),
        ("cvt.rmi.f64.f64", bits(-2.5), bits(-3.0)),
        ("cvt.rpi.f64.f64", bits(-2.5), bits(-2.0)),
        ("cvt.rzi.f64.f64", bits(-2.5), bits(-2.0)),
        ("cvt.rzi.s64.f64", bits(-2.9), -2i64 as u64),
        ("cvt.rzi.s64.f64", bits(1e30), i64::MAX as u64),
        ("cvt.rzi.s64.f64", NAN, TOP),
        ("cvt.rzi.u32.f32", NAN32, 0),
        ("cvt.rzi.u32.f32", single(-5.0), 0),
        ("cvt.rmi.s32.f64", bits(-0.5), 0xffff_ffff),
    ] {
        assert_eq!(one(name, &[operand]), Ok(expected), "{name} {operand:x}");
    }
}

/// What the assembler may contract or round otherwise, and what has no such type, is refused.
#[test]
fn what_is_not_known_is_refused() {
    for name in [
        "mul.f64",
        "add.f32",
        "sub.f64",
        "fma.f64",
        "mul.rz.f64",
        "mul.rn.ftz.f32",
        "add.rn.sat.f32",
        "div.full.f32",
        "sqrt.approx.f32",
        "rcp.approx.ftz.f64",
        "ex2.approx.f32",
        "fma.rn.s32",
        "add.b32",
        "and.s32",
        "mul.wide.u64",
        "mul.s32",
        "setp.ltu.s32",
        "setp.lt.b64",
        "setp.numu.f64",
        "cvt.f32.f64",
        "cvt.rzi.f32.f64",
        "cvt.rn.s64.f64",
        "cvt.rn.f64.f32",
        "cvt.f64.s64",
        "cvt.sat.u16.u32",
        "neg.u32",
        "shl.s32",
        "shfl.sync.down.b32",
        "bfe.u32",
    ] {
        assert!(Op::named(name).is_none(), "{name}");
        let error = run(&format!("{name} %r1, %r2;\nret;"), 1, &[]).unwrap_err();
        assert!(error.contains(name) && error.ends_with("the instruction is not known"), "{error}");
    }
    for (statements, what) in [
        ("add.s64 %r1, %d1, %d2;", "%r1 has 32 bits instead of 64"),
        ("add.s32 %r1, %r2, %d2;", "%d2 has 64 bits instead of 32"),
        ("add.s32 %r1, %r2, %r9;", "there is no register %r9"),
        ("add.s32 %r1, %r2;", "it takes 2 operands"),
        ("add.s16 %h1, %h2, 65536;", "the operand is not known: 65536"),
        ("add.rn.f64 %d1, %d2, 0f3F800000;", "the operand is not known: 0f3F800000"),
        ("add.rn.f64 %d1, %d2, 1;", "the operand is not known: 1"),
        ("mov.u64 %d1, elsewhere;", "the operand is not known: elsewhere"),
        ("bra $L;", "there is no label $L"),
        ("bar.sync 1;", "the instruction is not known"),
        ("ld.global.v2.f32 {%r1, %r2, %r3}, [%d0];", "a vector of another length"),
        ("ld.volatile.global.f32 %r1, [%d0];", "the instruction is not known"),
        ("ld.global.cg.f32 %r1, [%d0];", "the instruction is not known"),
        (".local .align 8 .b8 depot[8];", "the directive is not known: .local .align 8 .b8 depot[8]"),
        ("call f, ();", "the instruction is not known"),
    ] {
        let error = run(&format!("{statements}\nret;"), 1, &[]).unwrap_err();
        assert!(error.ends_with(what), "{error}");
    }
    for text in [".func f() { ret; }", ".visible .func f() { ret; }", ".extern .shared .align 8 .b8 room[];"] {
        assert!(Device::read(text, false).is_err(), "{text}");
    }
}

/// Five rounds of a loop, vectors, tables, numbers narrower than their registers, and both kinds of guard.
#[test]
fn memory_and_branches() {
    let text = "
        mov.u64 %d1, 0;
        mov.u32 %r1, 5;
    $L__1:
        cvt.u64.u32 %d2, %r1;
        add.s64 %d1, %d1, %d2;
        add.s32 %r1, %r1, -1;
        setp.ne.s32 %p1, %r1, 0;
        @%p1 bra $L__1;
        st.global.u64 [%d0], %d1;
        ld.global.v4.f32 {%r1, %r2, %r3, %r4}, [%d0+16];
        st.global.v2.b32 [%d0+8], {%r4, %r1};
        mov.u64 %d3, table;
        add.s64 %d5, %d3, 4;
        @!%p1 ld.global.nc.s16 %d4, [%d5+-2];
        @%p1 mov.u64 %d4, 0;
        st.global.b64 [%d0+16], %d4;
        ld.global.u8 %h1, [%d3+3];
        st.global.u8 [%d0+24], %h1;
        ret;";
    let text = kernel(text);
    let table = ".global .align 4 .b8 table[8] = {1, 0, 254, 255};\n.visible";
    let mut device = Device::read(&text.replace(".visible", table), false).unwrap();
    let array = device.copy(&[0, 0, 0x2222_2222_1111_1111u64, 0x4444_4444_3333_3333]);
    device.try_launch("k", [1, 1], 1, &[array.into()]).unwrap();
    let got: Vec<u64> = device.read_back(array, 4);
    assert_eq!(got, [15, 0x1111_1111_4444_4444, -2i64 as u64, 0x4444_4444_3333_33ff]);
}

#[test]
fn barriers_and_their_lack() {
    // Each of eight threads leaves its number, and takes its opposite's.
    let exchange = |barrier: &str| {
        format!(
            "mov.u32 %r1, %tid.x; mov.u32 %r2, %ntid.x; sub.s32 %r3, %r2, %r1; add.s32 %r3, %r3, -1;\n\
             mov.u64 %d1, room; mul.wide.u32 %d2, %r1, 8; add.s64 %d3, %d1, %d2; mul.wide.u32 %d4, %r3, 8;\n\
             add.s64 %d5, %d1, %d4; cvt.u64.u32 %d6, %r1; st.shared.u64 [%d3], %d6; {barrier}\n\
             ld.shared.u64 %d6, [%d5]; add.s64 %d2, %d0, %d2; st.global.u64 [%d2], %d6; ret;"
        )
    };
    assert_eq!(run(&exchange("bar.sync 0;"), 8, &[0; 8]).unwrap(), [7, 6, 5, 4, 3, 2, 1, 0]);
    assert_ne!(run(&exchange(""), 8, &[0; 8]).unwrap(), [7, 6, 5, 4, 3, 2, 1, 0]);
    let some = "mov.u32 %r1, %tid.x; setp.eq.s32 %p1, %r1, 0; @%p1 bra $L; bar.sync 0; $L: ret;";
    assert!(run(some, 2, &[0]).unwrap_err().contains("not every thread comes to a barrier"));
}

#[test]
fn what_leaves_memory_is_an_error() {
    for (statements, what) in [
        ("ld.global.u64 %d1, [%d0+16]; ret;", "lie in no array"),
        ("ld.global.u64 %d1, [%d0+-8]; ret;", "lie in no array"),
        ("mov.u64 %d1, 0; ld.global.u64 %d1, [%d1]; ret;", "lie in no array"),
        ("ld.global.u64 %d1, [%d0+4]; ret;", "are not aligned"),
        ("st.global.v2.b64 [%d0+8], {%d1, %d2}; ret;", "are not aligned"),
        ("mov.u64 %d1, room; st.shared.u64 [%d1+64], %d1; ret;", "are in no variable"),
        ("$L: bra $L;", "it does not end"),
        ("mov.u64 %d1, 0;", "ends without `ret`"),
        ("mov.u64 %d1, 0; rem.u64 %d1, %d0, %d1; ret;", "an integer is divided by zero"),
    ] {
        let error = run(statements, 1, &[0; 2]).unwrap_err();
        assert!(error.contains(what), "{statements}: {error}");
    }
    let mut device = Device::read(&kernel("ret;"), false).unwrap();
    assert!(device.try_launch("k", [1, 1], 1, &[0u32.into()]).is_err());
    assert!(device.try_launch("k", [1, 1], 1025, &[0u64.into()]).is_err());
    assert!(device.try_launch("other", [1, 1], 1, &[]).is_err());
}
