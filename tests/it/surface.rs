//! The public surface: what rustdoc says of it is what `tests/surface.txt` records.
//!
//! `.ci/run` makes rustdoc's JSON and runs this; `BLESS=1` records what it finds.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

/// What rustdoc says.
struct Surface<'a> {
    index: &'a Value,
    /// Where the names in signatures lead.
    said: &'a Value,
    lines: BTreeSet<String>,
    /// Items that name what other crates define, except [`KNOWN`].
    foreign: BTreeSet<String>,
}

/// The crates whose types the surface may name.
const KNOWN: [&str; 7] = ["alloc", "core", "etude", "miette", "serde", "serde_core", "std"];

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The one key of a JSON enum, and what it holds.
fn variant(value: &Value) -> (&str, &Value) {
    match value.as_object().and_then(|map| map.iter().next()) {
        Some((kind, inner)) => (kind, inner),
        None => (text(value), &Value::Null),
    }
}

fn joined(items: &[Value], show: fn(&Value) -> String, with: &str) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(with)
}

/// A type as Rust writes it.
fn ty(value: &Value) -> String {
    let (kind, t) = variant(value);
    match kind {
        "primitive" | "generic" => text(t).to_owned(),
        "resolved_path" => path(t),
        "tuple" => format!("({})", joined(list(t), ty, ", ")),
        "slice" => format!("[{}]", ty(t)),
        "array" => format!("[{}; {}]", ty(&t["type"]), text(&t["len"])),
        "borrowed_ref" => {
            let (lifetime, mutable) = (&t["lifetime"], t["is_mutable"] == true);
            let lifetime = lifetime.as_str().map_or(String::new(), |l| format!("{l} "));
            format!("&{lifetime}{}{}", if mutable { "mut " } else { "" }, ty(&t["type"]))
        }
        "raw_pointer" => format!("*{} {}", if t["is_mutable"] == true { "mut" } else { "const" }, ty(&t["type"])),
        "impl_trait" => format!("impl {}", joined(list(t), bound, " + ")),
        "dyn_trait" => format!("dyn {}", joined(list(&t["traits"]), |b| path(&b["trait"]), " + ")),
        "qualified_path" => format!("<{} as {}>::{}", ty(&t["self_type"]), path(&t["trait"]), text(&t["name"])),
        "function_pointer" => format!("fn{}", signature(&t["sig"])),
        _ => "_".to_owned(),
    }
}

fn path(value: &Value) -> String {
    let (_, args) = variant(&value["args"]);
    let mut all: Vec<String> = list(&args["args"])
        .iter()
        .map(|arg| {
            let (kind, arg) = variant(arg);
            match kind {
                "type" => ty(arg),
                "const" => text(&arg["expr"]).to_owned(),
                _ => text(arg).to_owned(),
            }
        })
        .collect();
    for bound in list(&args["constraints"]) {
        all.push(format!("{} = {}", text(&bound["name"]), ty(variant(variant(&bound["binding"]).1).1)));
    }
    let name = text(&value["path"]).rsplit("::").next().unwrap_or_default().to_owned();
    if !args["inputs"].is_null() {
        return format!("{name}({}) -> {}", joined(list(&args["inputs"]), ty, ", "), ty(&args["output"]));
    }
    if all.is_empty() { name } else { format!("{name}<{}>", all.join(", ")) }
}

fn bound(value: &Value) -> String {
    let (kind, b) = variant(value);
    if kind == "trait_bound" { path(&b["trait"]) } else { text(b).to_owned() }
}

fn signature(sig: &Value) -> String {
    let inputs: Vec<String> = list(&sig["inputs"]).iter().map(|input| ty(&input[1])).collect();
    let output = if sig["output"].is_null() { String::new() } else { format!(" -> {}", ty(&sig["output"])) };
    format!("({}){output}", inputs.join(", "))
}

impl<'a> Surface<'a> {
    fn items(&self, ids: &Value) -> Vec<&'a Value> {
        list(ids).iter().filter_map(|id| self.index.get(id.to_string())).collect()
    }

    fn all(&mut self, ids: &Value, under: &str) {
        for item in self.items(ids) {
            self.add(item, under, None);
        }
    }

    /// Records `item`, by another name where it is brought from elsewhere.
    fn add(&mut self, item: &Value, under: &str, renamed: Option<&str>) {
        let (kind, inner) = variant(&item["inner"]);
        let name = format!("{under}::{}", renamed.unwrap_or_else(|| text(&item["name"])));
        let marked = |word| list(&item["attrs"]).iter().any(|a| a.to_string().contains(word));
        if marked("doc(hidden)") {
            return;
        }
        let line = match kind {
            "use" => {
                if let Some(target) = self.index.get(inner["id"].to_string()) {
                    self.add(target, under, Some(text(&inner["name"])));
                }
                return;
            }
            "module" => format!("mod {name}"),
            "function" => format!("fn {name}{}", signature(&inner["sig"])),
            "struct_field" => format!("field {name}: {}", ty(inner)),
            "constant" => format!("const {name}: {}", ty(&inner["type"])),
            "assoc_const" | "type_alias" => format!("{kind} {name}: {}", ty(&inner["type"])),
            _ => format!("{kind} {name}"),
        };
        self.names_of(inner, &name);
        self.lines.insert(if marked("non_exhaustive") { format!("{line} (may grow)") } else { line });
        self.all(&inner["items"], &name);
        self.all(&inner["variants"], &name);
        self.all(&inner["fields"], &name);
        self.all(&variant(&inner["kind"]).1["fields"], &name);
        self.all(variant(&inner["kind"]).1, &name);
        for found in self.items(&inner["impls"]) {
            let (_, made) = variant(&found["inner"]);
            let derived = made["is_synthetic"] == true || !made["blanket_impl"].is_null();
            match (&made["trait"], derived) {
                (_, true) => {}
                (Value::Null, _) => self.all(&made["items"], &name),
                (known, _) => {
                    self.names_of(known, &name);
                    self.lines.insert(format!("impl {} for {name}", path(known)));
                }
            }
        }
    }

    /// Notes what `part` of the item `name` names of other crates.
    fn names_of(&mut self, part: &Value, name: &str) {
        match part {
            Value::Array(parts) => parts.iter().for_each(|part| self.names_of(part, name)),
            Value::Object(parts) => {
                if let (Some(_), Some(id)) = (parts.get("path"), parts.get("id")) {
                    let id = self.said["paths"][id.to_string()]["crate_id"].to_string();
                    let from = if id == "0" { "etude" } else { text(&self.said["external_crates"][id]["name"]) };
                    if !KNOWN.contains(&from) {
                        self.foreign.insert(format!("{name} names {} of {from}", text(&parts["path"])));
                    }
                }
                parts.values().for_each(|part| self.names_of(part, name));
            }
            _ => {}
        }
    }
}

#[test]
#[ignore = "needs rustdoc's JSON: see .ci/run"]
fn the_surface_is_what_was_recorded() {
    let json = std::env::var("SURFACE").expect("SURFACE names rustdoc's JSON");
    let said: Value = serde_json::from_str(&std::fs::read_to_string(json).expect("JSON")).expect("JSON");
    let mut surface = Surface { index: &said["index"], said: &said, lines: BTreeSet::new(), foreign: BTreeSet::new() };
    let root = &said["index"][said["root"].to_string()];
    surface.all(&variant(&root["inner"]).1["items"], "etude");
    assert!(surface.foreign.is_empty(), "{:#?}", surface.foreign);
    let found: String = surface.lines.iter().map(|line| format!("{line}\n")).collect();
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/surface.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&recorded, &found).expect("it can be recorded");
    }
    let known = std::fs::read_to_string(&recorded).expect("it was recorded");
    let known: BTreeSet<&str> = known.lines().collect();
    let found: BTreeSet<&str> = found.lines().collect();
    let (gone, new): (Vec<_>, Vec<_>) = (known.difference(&found).collect(), found.difference(&known).collect());
    assert!(gone.is_empty() && new.is_empty(), "gone: {gone:#?}\nnew: {new:#?}\nBLESS=1 records it");
}
