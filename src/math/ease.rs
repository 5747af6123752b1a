//! Easing by a Bézier curve.

use super::Ops;

/// y where x is u, on the cubic Bézier curve from (0, 0) to (1, 1) with the handles (x1, y1) and (x2, y2), as in
/// CSS. Both x are in [0, 1], so x never falls; 54 halvings find the parameter, whatever its slope.
#[inline(always)]
pub fn bezier<O: Ops>(o: &mut O, u: O::F, x1: O::F, y1: O::F, x2: O::F, y2: O::F) -> O::F {
    let (x, y) = (cubic(o, x1, x2), cubic(o, y1, y2));
    let (mut s, mut half) = (o.f(0.0), 1.0);
    for _ in 0..54 {
        half *= 0.5;
        let step = o.f(half);
        let middle = o.add(s, step);
        let reached = horner(o, x, middle);
        let beyond = o.lt(u, reached);
        s = o.select(beyond, s, middle);
    }
    horner(o, y, s)
}

/// The coefficients of s, s² and s³, of a cubic from 0 to 1 by p and q.
#[inline(always)]
fn cubic<O: Ops>(o: &mut O, p: O::F, q: O::F) -> [O::F; 3] {
    let (three, one) = (o.f(3.0), o.f(1.0));
    let c = o.mul(three, p);
    let apart = o.sub(q, p);
    let apart = o.mul(three, apart);
    let b = o.sub(apart, c);
    let rest = o.sub(one, c);
    [c, b, o.sub(rest, b)]
}

#[inline(always)]
fn horner<O: Ops>(o: &mut O, [c, b, a]: [O::F; 3], s: O::F) -> O::F {
    let inner = o.fma(a, s, b);
    let inner = o.fma(inner, s, c);
    o.mul(inner, s)
}
