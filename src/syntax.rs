//! Text → [`Ast`](ast::Ast). The grammar in `grammar/etude.pest` is the language; this stage adds limits,
//! precedence and the explanation of what the grammar rejects.

pub mod ast;
