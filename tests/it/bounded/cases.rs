//! The programs: every construct of the language, each as long as is asked for.

use std::fmt::Write as _;

/// `head`, then as many units as fit, then `tail`; at most `most` units.
fn grown(size: usize, most: usize, head: &str, tail: &str, unit: impl Fn(usize) -> String) -> String {
    let mut text = head.to_owned();
    for k in 0..most {
        let unit = unit(k);
        if text.len() + unit.len() + tail.len() > size {
            break;
        }
        text += &unit;
    }
    text + tail
}

/// `let a1 = F(a0)` and so on, then `last` of the highest one.
pub fn chain(first: &str, n: usize, next: impl Fn(&str) -> String, last: impl Fn(&str) -> String) -> String {
    let mut text = format!("let a0 = {first}\n");
    for k in 1..=n {
        _ = writeln!(text, "let a{k} = {}", next(&format!("a{}", k - 1)));
    }
    text + &last(&format!("a{n}"))
}

/// The same of functions of x.
pub fn functions(n: usize, next: impl Fn(&str) -> String, last: &str) -> String {
    let mut text = "let f0(x) = x\n".to_owned();
    for k in 1..=n {
        _ = writeln!(text, "let f{k}(x) = {}", next(&format!("f{}", k - 1)));
    }
    text + &last.replace('F', &format!("f{n}"))
}

/// Every construct, each at most `size` bytes long.
pub fn cases(size: usize) -> Vec<(String, String)> {
    [multiplying(size), long(size)].concat()
}

/// Every item as often as is wanted.
const ALL: usize = usize::MAX;

/// What multiplies: short, however long a source may be.
pub fn multiplying(size: usize) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = vec![];
    let mut add = |name: &str, source: String| all.push((name.into(), source));

    for (name, last) in [
        ("cycle", "1 -> 0 | cycle(A)"),
        ("staircase", "step | staircase(A)"),
        ("warmup", "warmup(A) >> 1"),
        ("decay", "decay(A, by: 0.5, every: 1 step)"),
        ("cosine", "cosine(1 -> 0, A)"),
        ("for", "1 for A >> 2"),
        ("value", "A"),
        ("grow", "1 -> 0 | cycle(3, grow: A)"),
    ] {
        for n in [30, 40, 80] {
            let twice = |a: &str| format!("{a} + {a}");
            add(&format!("doubled names, {name} of {n}"), chain("1", n, twice, |a| last.replace('A', a)));
        }
    }
    let steps = |a: &str| format!("{a} + {a}");
    add("doubled durations", chain("1 step", 80, steps, |a| format!("1 for {a} >> 2")));
    for form in ["F(x) + F(x)", "F(x) >> F(x)", "F(F(x))", "max(F(x), F(x))", "F(x + x)"] {
        for last in ["F(t)", "1 | cycle(F(1))", "1 for F(1 step) >> 2"] {
            add(&format!("functions {form} in {last}"), functions(40, |f| form.replace('F', f), last));
        }
    }
    for ways in [2, 8, 30] {
        let sum = vec!["w"; ways].join(" + ");
        for links in [8, 19, 60] {
            let links = vec!["a"; links].join(" >> ");
            add(
                &format!("joined sums, {ways} ways"),
                format!("let w = warmup(1 step)\nlet a = {sum}\n{links} >> base"),
            );
            let ramps = vec!["(-> base)"; ways].join(" + ");
            add(&format!("leaning sums, {ways} ways"), format!("let a = {ramps}\nsin(step) * base >> {links}"));
        }
        let tower =
            |k: usize| format!(" | overlay(({}) for {} steps, at: end)", vec!["(-> 1)"; ways].join(" + "), 100 - 2 * k);
        add(&format!("a tower of overlays, {ways} ways"), grown(size, 25, "base * sin(step)", "", tower));
    }
    for n in [30, 300, 3000] {
        let own = vec!["sin(step)"; n.min(190)].join(" + ");
        let own = vec![format!("({own})"); n.div_ceil(190)].join(" * ");
        let more = vec!["inherited"; n.min(190)].join(" + ");
        let more = vec![format!("({more})"); n.div_ceil(190)].join(" * ");
        add(
            &format!("inherited, {n} of {n}"),
            format!("optimizer adamw {{ lr: {own} }}\ngroup \"bias\" {{ lr: {more} }}"),
        );
        let groups = grown(size, ALL, &format!("optimizer adamw {{ lr: {own} }}\n"), "", |k| {
            format!("group \"b{k}\" {{ lr: inherited }}\n")
        });
        add(&format!("{n} inherited by groups"), groups);
    }
    add("cycles in cycles", format!("sin(step){}", " | cycle(3)".repeat(30)));
    add("growing cycles in cycles", format!("cosine(1 -> 0){}", " | cycle(50, grow: 1.01)".repeat(10)));
    add(
        "growing cycles of many names",
        chain("cosine(1 -> 0)", 20, |a| format!("({a} | cycle(9, grow: 1.1))"), |a| a.into()),
    );
    add("clamps in clamps", format!("sin(step){}", " | clamp(min: -1, max: 0.5)".repeat(30)));
    add("plateaus in plateaus", format!("sin(step){}", " | plateau(loss)".repeat(30)));
    add("products of products", functions(40, |f| format!("{f}(x) * {f}(x)"), "product(1, F(1), every: 1k steps)"));

    all
}

/// What is long.
pub fn long(size: usize) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = vec![];
    let mut add = |name: &str, source: String| all.push((name.into(), source));
    let all_of = |name: &str, head: &str, unit: &'static str, tail: &str| {
        (name.to_owned(), grown(size, ALL, head, tail, |k| unit.replace('K', &k.to_string())))
    };
    let plain = [
        all_of("comments", "1\n", "# comment K\n", ""),
        all_of("one comment", "1 #", "é", ""),
        all_of("allows", "1\n", "# allow(W0302): reason K\n", ""),
        all_of("allows of warnings", "", "vK: 1 -> 2 | reverse | cycle(1) # allow(W0308): K\n", ""),
        all_of("blanks", "1", "  ", ""),
        all_of("lines", "1", "\n", ""),
        all_of("one long name", "let ", "x", " = 1"),
        all_of("one long number", "0.", "1", ""),
        all_of("a number of many digits", "1", "_0", ""),
        all_of("names", "", "let aK = K\n", "a0"),
        all_of("names of names", "let a = 1\n", "let bK = a\n", "a"),
        all_of("used names", "", "let aK = K\nvK: aK\n", ""),
        all_of("empty functions", "", "let fK(x) = x\n", "f0(1)"),
        all_of("parameters", "let f(p", ", pK", ") = p\nf(1)"),
        all_of("defaults", "let f(p: 0", ", pK: 0", ") = p\nf(1)"),
        all_of("arguments", "let f(x) = x\nf(1", ", K", ")"),
        all_of("named arguments", "let f(x) = x\nf(1", ", nK: K", ")"),
        all_of("metric names", "", "vK: 1 | plateau(mK)\n", ""),
        all_of("entries", "", "vK: 1e-3\n", ""),
        all_of("entries over time", "", "vK: sin(step)\n", ""),
        all_of("entries of phases", "", "vK: warmup(5%) >> cosine(1e-3 -> 0)\n", ""),
        all_of("rates", "", "group \"gK\" { lr: sin(step) / (1 + step) }\n", ""),
        all_of("entries set twice", "a: 1\n", "a: K\n", ""),
        all_of("divisions by time", "", "vK: 1 / (sin(step) - 2)\n", ""),
        all_of("doubtful divisions", "", "vK: 1 / (sin(step) - sin(123457))\n", ""),
        all_of("roots", "", "vK: sqrt(1.5 - sin(step / K) * base)\n", ""),
        all_of("groups", "optimizer adamw { lr: 1e-3 }\n", "group \"gK\" { lr: 10 * inherited }\n", ""),
        all_of("one group many times", "optimizer adamw { lr: 1e-3 }\n", "group \"g\" { lr: 1 }\n", ""),
        all_of(
            "groups of a model",
            "run { epochs: 1 }\ndata \"digits\"\noptimizer adamw { lr: 1e-3 }\nmodel mlp(hidden: [8, 8, 8])\n",
            "group \"layers.K.weight\" { lr: 1 }\n",
            "",
        ),
        all_of("layers", "data \"digits\"\nmodel mlp(hidden: [1", ", 2", "])"),
        all_of(
            "a regular expression",
            "data \"digits\"\nmodel mlp(hidden: [8])\noptimizer adamw { lr: 1 }\ngroup \"a",
            "|bK",
            "\" { lr: 1 }",
        ),
        all_of("unknown blocks", "", "bK { a: 1 }\n", ""),
        all_of("runs", "", "run { epochs: K }\n", ""),
        all_of("keys", "run { epochs: 1\n", "kK: 1\n", "}"),
        all_of("settings", "let n = 1\nrun { ", "epochs: n\n", "}"),
        all_of("nested blocks", "a { b { c {\n", "kK: 1\n", "}}}"),
        all_of("list of moments", "decay(1, by: 0.999, at: [0 steps", ", K steps", "])"),
        all_of("moments that never come", "decay(1, by: 0.999, at: [1000001 steps", ", 2000001 steps", "])"),
        all_of("moments of too many percent", "decay(1, by: 0.999, at: [101%", ", 102%", "])"),
        all_of("a table", "table([1, 1", ", 1", "])"),
        all_of("a table of sums", "table([1, 1", ", 1+K", "])"),
        all_of("tables", "", "vK: table([1, 2, 3])\n", ""),
        all_of("strings", "", "vK: table(\"file K\")\n", ""),
        all_of("one string", "table(\"", "x", "\")"),
        all_of("products", "", "vK: product(1, 0.99 + 0.01 * sin(step), every: 1k steps)\n", ""),
        all_of("a heavy product", "product(1, 0.99 + 0 * (sin(step)", " + (sin(step))", "), every: 200 steps)"),
        all_of("decays", "", "vK: decay(1, by: 0.5, every: 1k steps)\n", ""),
        all_of("growing cycles", "", "vK: 1 -> 0 | cycle(1 step, grow: 1.001)\n", ""),
        all_of("cycles that never fill", "", "vK: 1 -> 0 | cycle(1 step, grow: 0.5)\n", ""),
        all_of("cycles", "", "vK: 1 -> 0 | cycle(7)\n", ""),
        all_of("staircases", "", "vK: sin(step) | staircase(7 steps)\n", ""),
        all_of("reversed", "", "vK: floor(step / 7) | reverse\n", ""),
        all_of("overlays", "", "vK: sin(step) | overlay(-> 1 for 10%, at: end)\n", ""),
        all_of("jitter", "", "vK: 1 | jitter(0.5, seed: K)\n", ""),
        all_of("prelude", "", "vK: onecycle(1e-3)\n", ""),
        all_of("a max of many", "max(t", ", t", ")"),
        all_of("tokens", "", "vK: 1 for K tokens >> 2\n", ""),
        all_of("other scripts", "", "# 학습률 é 🎉 K\n", "1"),
        all_of("unknown names", "", "vK: aK\n", ""),
        all_of("unknown names beside names", "", "let abcdK = 1\nvK: abdcK\n", ""),
        all_of("unknown functions", "", "vK: cosinK(1 -> 0)\n", ""),
        all_of("unknown arguments", "", "vK: cosine(1 -> 0, shapeK: 1)\n", ""),
        all_of("unknown units", "", "vK: 1 for K stps >> 1\n", ""),
        all_of("unknown modifiers", "", "vK: 1 | cylce(K)\n", ""),
        all_of("names used too early", "", "let aK = bK\nlet bK = 1\n", "1"),
        all_of("phases that do not fit", "", "vK: 1 for 200% >> 2\n", ""),
        all_of("groups that do not fit", "", "vK: (1 for 2% >> 2) for 1k steps >> (nope for 300%) >> 1\n", ""),
        all_of("units that are missing", "", "vK: 1 for K >> 1\n", ""),
        all_of("broken lines", "", "vK: 1 -> -> 2 )\n", ""),
        all_of("two words", "", "vK: warmup cosine K\n", ""),
        all_of("other languages", "", "vK = lambda x: x ** K\n", ""),
        all_of("curly quotes", "", "vK: table(“a”)\n", ""),
        all_of("other arrows", "", "vK: 1 → K\n", ""),
        all_of("other equal signs", "", "let vK := K\n", ""),
        all_of("open brackets", "", "(", ""),
        all_of("open calls", "", "f(K, ", ""),
        all_of("open blocks", "", "a { ", ""),
        all_of("open texts", "", "\" K\n", ""),
        all_of("closing brackets", "1", ")", ""),
        all_of("mixed brackets", "", "([)] ", ""),
        all_of("colons", "", "K: ", ""),
        all_of("bars", "", "a|   ", ""),
        all_of("bars alone", "", "a|", ""),
        all_of("commas", "", ",", ""),
        all_of("at signs", "", "@ K ", ""),
        all_of("one line of errors", "", "1 2 ", ""),
    ];
    for (name, source) in plain {
        add(&name, source);
    }
    for unit in [
        "1 -> 2",
        "-> 2",
        "bezier(1 -> 2, x1: 0.1, y1: 0.2, x2: 0.3, y2: 0.4)",
        "sin(step)",
        "1 | cycle(3)",
        "(1 >> 2)",
        "nope",
        "1 for 1%",
    ] {
        add(&format!("phases {unit}"), grown(size, 9_999, "1", "", |_| format!(" >> {unit}")));
    }
    let warm = |n: usize| "warmup(0.1 steps) >> ".repeat(n.min(size / 21));
    add("warmups to 1", warm(9_999) + "1");
    add("warmups to base", warm(9_999) + "base * 2");
    add("keypoints", grown(size, ALL, "1", "", |k| format!(" -> {k}")));
    add("moments after until", grown(size, 9_998, "0", " >> 1", |k| format!(" until {} steps >> {k}", k + 1)));
    add("modifiers", grown(size, ALL, "sin(step)", "", |_| " | clamp(min: 0.1)".into()));
    add("chained names", grown(size, ALL, "let a0 = 1\n", "a0", |k| format!("let a{} = a{k}\n", k + 1)));
    add(
        "chained functions",
        grown(size, ALL, "let f0(x) = x\n", "f0(1)", |k| format!("let f{}(x) = f{k}(x)\n", k + 1)),
    );
    add(
        "uses of a long chain",
        grown(size, ALL, &chain("reverse", 80, str::to_owned, |_| String::new()), "", |k| {
            format!("v{k}: step | a80\n")
        }),
    );
    add("calls of many parameters", {
        let n = size / 16;
        let list = |unit: &dyn Fn(usize) -> String| (0..n).map(unit).collect::<Vec<_>>().join(",");
        format!("let f({}) = {}\nf({})", list(&|k| format!("p{k}")), "p1", list(&|_| "1".into()))
    });
    let sum = |unit: &str, most: usize| {
        let row = vec![unit; 150].join(" + ");
        grown(size.min(most), ALL, "0", "", |_| format!(" + ({row})")).chars().take(size).collect::<String>()
    };
    let balanced = |unit: &str| {
        let row = format!("({})", vec![unit; 190].join(" + "));
        let mut text = row;
        while text.len() * 190 < size {
            text = format!("({})", vec![text; 190].join(" + "));
        }
        let times = (size / (text.len() + 3)).clamp(1, 190);
        vec![text; times].join(" + ")
    };
    for unit in ["1", "t", "base", "sin(step)", "exp(-t)", "run.step", "(1 -> 2)", "2x", "step ** 0.5"] {
        add(&format!("a sum of {unit}"), balanced(unit));
    }
    add("a sum of sums", sum("step", 1 << 20));
    for depth in [64, 60] {
        add(&format!("{depth} brackets"), "(".repeat(depth) + "1" + &")".repeat(depth));
        add(&format!("{depth} calls"), "exp(-".repeat(depth) + "1" + &")".repeat(depth));
        add(&format!("{depth} groups"), "(1 >> ".repeat(depth) + "t" + &") for 50%".repeat(depth));
    }
    all
}
