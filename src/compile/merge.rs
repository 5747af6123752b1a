//! What a program and the files that it uses say, put together key by key.
//!
//! Guarantees: a file's own words stand before those of the files that it uses; where two of these give one key different
//! values and the file that uses them gives none, that is a mistake, so that the order of `use` lines never matters;
//! what a file says twice itself stays there twice, for later stages to refuse.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use crate::diag::{Diagnostic, File, Span, names};
use crate::syntax::ast::{Arg, Expr, ExprKind, Ident, Item};

/// The smallest thing that another file can say differently.
#[derive(Clone, Debug)]
struct Piece {
    /// What it is, the same in every file.
    key: String,
    /// How many of this key the same file has before it.
    nth: usize,
    /// The block that it is part of.
    block: String,
    what: What,
    span: Span,
    /// What it says, without places and blanks.
    said: String,
}

#[derive(Clone, Debug)]
enum What {
    Let(Item),
    Entry(Ident, Expr),
    /// A block's kind, and where all of it stands.
    Block(Ident, Span),
    /// What stands before the brace; a call is without its named arguments.
    Head(Expr),
    Arg(Arg),
}

/// What one file says itself.
#[derive(Debug, Default)]
pub(super) struct Part {
    pieces: Vec<Piece>,
    counts: HashMap<String, usize>,
}

/// What a file says, itself and through others.
#[derive(Debug, Default)]
pub(super) struct Brought {
    pieces: Vec<Piece>,
    /// The names of `let`s that do not hold: a file says otherwise that uses them.
    hidden: Vec<Ident>,
}

impl Part {
    /// Adds an item that is no `use`.
    pub(super) fn add(&mut self, item: Item) {
        match item {
            Item::Use { .. } => {}
            Item::Let { .. } => self.binding(item),
            Item::Entry { key, value } => {
                let (name, span) = (format!("entry {}", key.text), key.span.to(value.span));
                self.piece(name, "", value.to_string(), span, What::Entry(key, value));
            }
            Item::Block { kind, head, items, span } => self.block(kind, head, items, span),
        }
    }

    fn binding(&mut self, item: Item) {
        if let Item::Let { name, span, .. } = &item {
            let (key, said, span) = (format!("let {}", name.text), item.to_string(), *span);
            self.piece(key, "", said, span, What::Let(item));
        }
    }

    fn block(&mut self, kind: Ident, head: Option<Expr>, items: Vec<Item>, span: Span) {
        // Groups are told apart by their patterns.
        let of = head.as_ref().filter(|_| kind.text == "group").map_or_else(String::new, Expr::to_string);
        let key = format!("block {} {of}", kind.text);
        let nth = self.counts.get(&key).copied().unwrap_or(0);
        let block = if nth == 0 { key.clone() } else { format!("{key} {nth}") };
        self.piece(key, &block, String::new(), kind.span, What::Block(kind, span));
        if let Some(mut head) = head {
            let mut named = vec![];
            if let ExprKind::Call { args, .. } = &mut head.kind {
                (named, *args) = std::mem::take(args).into_iter().partition(|arg| arg.name.is_some());
            }
            self.piece(format!("{block} head"), &block, head.to_string(), head.span, What::Head(head));
            for arg in named {
                let name = arg.name.as_ref().map_or("", |name| &name.text);
                let (key, said, span) = (format!("{block} ({name}"), arg.value.to_string(), arg.value.span);
                self.piece(key, &block, said, span, What::Arg(arg));
            }
        }
        for item in items {
            match item {
                Item::Entry { key, value } => {
                    let (name, span) = (format!("{block} {{{}", key.text), key.span.to(value.span));
                    self.piece(name, &block, value.to_string(), span, What::Entry(key, value));
                }
                Item::Let { .. } => self.binding(item),
                // Neither can stand here, and its reader says so.
                other => self.add(other),
            }
        }
    }

    fn piece(&mut self, key: String, block: &str, said: String, span: Span, what: What) {
        let count = self.counts.entry(key.clone()).or_default();
        self.pieces.push(Piece { key, nth: *count, block: block.into(), what, span, said });
        *count += 1;
    }
}

impl Brought {
    /// What a file says that uses others.
    pub(super) fn new(used: Vec<Arc<Self>>, own: Part, found: &mut Vec<Diagnostic>) -> Self {
        let mut pieces: Vec<Piece> = vec![];
        let mut hidden: Vec<Ident> = used.iter().flat_map(|brought| &brought.hidden).cloned().collect();
        let mut at: HashMap<(String, usize), usize> = HashMap::new();
        for piece in used.iter().flat_map(|brought| &brought.pieces) {
            match at.get(&(piece.key.clone(), piece.nth)) {
                None => {
                    at.insert((piece.key.clone(), piece.nth), pieces.len());
                    pieces.push(piece.clone());
                }
                Some(&k) if pieces[k].said != piece.said && !own.counts.contains_key(&piece.key) => {
                    found.push(disagree(&pieces[k], piece));
                }
                Some(_) => {}
            }
        }
        for piece in own.pieces {
            let place = at.get(&(piece.key.clone(), piece.nth)).copied();
            match (place, &piece.what) {
                // A `let` stands where it is written: it may need what stands before it there.
                (Some(k), What::Let(_)) => {
                    pieces[k].key.clear();
                    if let What::Let(Item::Let { name, .. }) = &pieces[k].what {
                        hidden.push(name.clone());
                    }
                    pieces.push(piece);
                }
                (Some(k), _) => {
                    // The arguments of another call mean nothing to this one.
                    if matches!((&pieces[k].what, &piece.what), (What::Head(a), What::Head(b)) if called(a) != called(b))
                    {
                        let args = |p: &&mut Piece| p.block == piece.block && matches!(p.what, What::Arg(_));
                        pieces.iter_mut().filter(args).for_each(|p| p.key.clear());
                    }
                    pieces[k] = piece;
                }
                (None, _) => pieces.push(piece),
            }
        }
        pieces.retain(|piece| !piece.key.is_empty());
        Self { pieces, hidden }
    }

    /// As the items of one program, whose text holds `files`.
    ///
    /// Also the names of `let`s that another one stands before.
    pub(super) fn items(self, files: &[File]) -> (Vec<Item>, Vec<Ident>) {
        let (mut lets, mut items) = (vec![], vec![]);
        let mut blocks: HashMap<String, usize> = HashMap::new();
        for Piece { block, what, .. } in self.pieces {
            let open = blocks.get(&block).map(|&k| &mut items[k]);
            match (what, open) {
                (What::Let(item), _) => lets.push(item),
                (What::Block(kind, span), None) => {
                    blocks.insert(block, items.len());
                    items.push(Item::Block { kind, head: None, items: vec![], span });
                }
                (What::Entry(key, value), Some(Item::Block { items, .. })) => items.push(Item::Entry { key, value }),
                (What::Entry(key, value), _) => items.push(Item::Entry { key, value }),
                (What::Head(expr), Some(Item::Block { head, .. })) => *head = Some(expr),
                (What::Arg(arg), Some(Item::Block { head: Some(head), .. })) => give(head, arg),
                _ => {}
            }
        }
        (in_order(lets, files).into_iter().chain(items).collect(), self.hidden)
    }
}

/// Adds an argument to a head.
fn give(head: &mut Expr, arg: Arg) {
    if let ExprKind::Name(name) = &head.kind {
        let name = Ident { text: name.clone(), span: head.span };
        head.kind = ExprKind::Call { name, args: vec![] };
    }
    if let ExprKind::Call { args, .. } = &mut head.kind {
        args.push(arg);
    }
}

/// What a head calls.
fn called(head: &Expr) -> &str {
    match &head.kind {
        ExprKind::Call { name, .. } => &name.text,
        ExprKind::Name(name) | ExprKind::Str(name) => name,
        _ => "",
    }
}

fn disagree(first: &Piece, second: &Piece) -> Diagnostic {
    let what = match &first.what {
        What::Let(Item::Let { name, .. }) | What::Entry(name, _) => format!("`{}`", name.text),
        What::Arg(Arg { name: Some(name), .. }) => format!("`{}`", name.text),
        _ => "this block".to_owned(),
    };
    let message = format!("two files that are used disagree on {what}");
    Diagnostic::new(&names::USE, second.span, message)
        .because(first.span, "otherwise here")
        .help(format!("say what it is in the file that uses both: {what} then holds"))
}

/// `let`s in their order, each behind those of other files that it needs. Where that cannot be, they stay, and the checker
/// says what is used before it is defined.
fn in_order(lets: Vec<Item>, files: &[File]) -> Vec<Item> {
    let (mut index, mut places) = (HashMap::new(), vec![]);
    for (k, item) in lets.iter().enumerate() {
        if let Item::Let { name, span, .. } = item {
            index.entry(name.text.clone()).or_insert(k);
            places.push((files.partition_point(|f| f.start <= span.start), span.start));
        }
    }
    let later = |needed: usize, k: usize| places[needed].0 == places[k].0 && places[needed].1 >= places[k].1;
    let (mut waits, mut users) = (vec![0_usize; lets.len()], vec![vec![]; lets.len()]);
    for (k, item) in lets.iter().enumerate() {
        for needed in needs(item).iter().filter_map(|name| index.get(*name)).filter(|&&needed| !later(needed, k)) {
            waits[k] += 1;
            users[*needed].push(k);
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> = (0..lets.len()).filter(|&k| waits[k] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(lets.len());
    while let Some(Reverse(k)) = ready.pop() {
        order.push(k);
        for &user in &users[k] {
            waits[user] -= 1;
            if waits[user] == 0 {
                ready.push(Reverse(user));
            }
        }
    }
    order.extend((0..lets.len()).filter(|&k| waits[k] > 0));
    let mut lets: Vec<Option<Item>> = lets.into_iter().map(Some).collect();
    order.into_iter().filter_map(|k| lets[k].take()).collect()
}

/// The names that a `let` uses.
fn needs(item: &Item) -> HashSet<&str> {
    let own: HashSet<&str> = match item {
        Item::Let { params, .. } => params.iter().flatten().map(|p| p.name.text.as_str()).collect(),
        _ => HashSet::new(),
    };
    let names = item.all().into_iter().filter_map(|e| match &e.kind {
        ExprKind::Name(name) | ExprKind::Call { name: Ident { text: name, .. }, .. } => Some(name.as_str()),
        _ => None,
    });
    names.filter(|name| !own.contains(name)).collect()
}
