//! How each language writes the programs that are drawn.

use std::fmt::Write as _;

use crate::programs::{Cond, Stmt, diverges};

/// How a language writes programs.
pub(crate) struct Dialect {
    pub(crate) flag: &'static str,
    pub(crate) not: &'static str,
    pub(crate) and: &'static str,
    pub(crate) or: &'static str,
    /// `let {name} = {value}`, with `{name}` and `{value}` to fill in.
    pub(crate) declare: &'static str,
    pub(crate) end: &'static str,
    /// Around conditions of statements.
    pub(crate) open: &'static str,
    pub(crate) close: &'static str,
    pub(crate) while_word: &'static str,
    pub(crate) loop_head: &'static str,
    pub(crate) forever: &'static str,
    /// `{c} ? {a} : {b}`.
    pub(crate) pick: &'static str,
    /// How a loop ends that asks for its condition last, one line each; the first is `do` where there is one.
    pub(crate) do_while: [&'static str; 3],
    /// `try`, `catch` and `finally`, where there are such.
    pub(crate) guard: Option<[&'static str; 3]>,
    /// The head of a switch, its two arms, what ends an arm, and what ends it all.
    pub(crate) switch: [&'static str; 5],
    /// What leaves a switch.
    pub(crate) leave: &'static str,
    pub(crate) many: &'static str,
    /// `let {name} = {c} ? {a} : {b}` for numbers, and what is noted of it.
    pub(crate) number: [&'static str; 2],
    /// The head of a function in the function, its end, and its call.
    pub(crate) inner: [&'static str; 3],
    /// What stands in front of a loop with a name, and what leaves it or goes on with it. Without, loops have no names.
    pub(crate) label: Option<[&'static str; 3]>,
    pub(crate) python: bool,
}

impl Dialect {
    fn condition(&self, condition: &Cond) -> String {
        let inner = |condition: &Cond| match condition {
            Cond::And(..) | Cond::Or(..) => format!("({})", self.condition(condition)),
            Cond::Not(_) if self.python => format!("({})", self.condition(condition)),
            _ => self.condition(condition),
        };
        match condition {
            Cond::Flag => self.flag.to_owned(),
            Cond::Call(id) => format!("p({id})"),
            Cond::Var(name) => name.clone(),
            Cond::Not(of) => format!("{}{}", self.not, inner(of)),
            Cond::And(a, b) => format!("{} {} {}", inner(a), self.and, inner(b)),
            Cond::Or(a, b) => format!("{} {} {}", inner(a), self.or, inner(b)),
            Cond::Pick(c, a, b) => {
                let parts = self.pick.replace("{c}", &inner(c)).replace("{a}", &inner(a));
                parts.replace("{b}", &inner(b))
            }
        }
    }

    /// Writes a block.
    pub(crate) fn block(&self, block: &[Stmt], indent: usize, out: &mut String) {
        let mut before = None;
        for statement in block {
            let closed = |before: &Stmt| {
                matches!(
                    before,
                    Stmt::If(..)
                        | Stmt::ElseIf(..)
                        | Stmt::While(..)
                        | Stmt::Loop(_)
                        | Stmt::Forever(_)
                        | Stmt::Try(..)
                        | Stmt::Switch(..)
                        | Stmt::Labelled(..)
                )
            };
            // Without semicolons at the ends of lines, one stands in front of such a line where it is needed.
            let sign = if self.end.is_empty() && before.is_some_and(|before| !closed(before)) { ";" } else { "" };
            match statement {
                Stmt::Many(id) if self.many.starts_with('[') => {
                    let line = self.many.replace('#', &id.to_string());
                    writeln!(out, "{}{sign}{line}{}", "    ".repeat(indent), self.end).unwrap();
                }
                _ => self.statement(statement, indent, out),
            }
            before = Some(statement);
        }
    }

    fn head(&self, word: &str, condition: &Cond) -> String {
        let end = if self.python { ":" } else { " {" };
        format!("{word} {}{}{}{end}", self.open, self.condition(condition), self.close)
    }

    fn statement(&self, statement: &Stmt, indent: usize, out: &mut String) {
        let pad = "    ".repeat(indent);
        let mut line = |text: String| writeln!(out, "{pad}{text}").unwrap();
        let end = self.end;
        match statement {
            Stmt::Trace(id) | Stmt::Many(id) => line(format!("t({id}){end}")),
            Stmt::Show(name) => line(format!("s({name}){end}")),
            Stmt::Let(name, value) => {
                let text = self.declare.replace("{name}", name).replace("{value}", &self.condition(value));
                line(format!("{text}{end}"));
            }
            Stmt::Assign(name, value) => line(format!("{name} = {}{end}", self.condition(value))),
            Stmt::Return => line(format!("return{end}")),
            Stmt::Break => line(format!("break{end}")),
            Stmt::Continue => line(format!("continue{end}")),
            Stmt::If(condition, then, other) => {
                line(self.head("if", condition));
                self.block(then, indent + 1, out);
                self.tail(other.as_ref(), indent, out);
            }
            Stmt::ElseIf(first, a, second, b, other) => {
                line(self.head("if", first));
                self.block(a, indent + 1, out);
                let word = if self.python { "elif" } else { "} else if" };
                writeln!(out, "{pad}{}", self.head(word, second)).unwrap();
                self.block(b, indent + 1, out);
                self.tail(other.as_ref(), indent, out);
            }
            Stmt::While(condition, body) => {
                line(self.head(self.while_word, condition));
                self.block(body, indent + 1, out);
                self.tail(None, indent, out);
            }
            Stmt::DoWhile(body, condition) => {
                let [head, last, close] = self.do_while;
                line(head.to_owned());
                self.block(body, indent + 1, out);
                for text in [last, close].into_iter().filter(|text| !text.is_empty()) {
                    writeln!(out, "{pad}{}", text.replace("{c}", &self.condition(condition))).unwrap();
                }
            }
            Stmt::Forever(body) => {
                line(self.forever.to_owned());
                self.block(body, indent + 1, out);
                self.tail(None, indent, out);
            }
            Stmt::Try(body, other, always) => self.guarded(body, other, *always, indent, out),
            Stmt::Switch(id, first, other) => {
                let [head, one, default, end, close] = self.switch;
                line(head.replace('#', &id.to_string()));
                for (label, arm) in [(one, first), (default, other)] {
                    writeln!(out, "{pad}    {label}").unwrap();
                    self.block(arm, indent + 2, out);
                    let ends = if diverges(arm) { end.trim_start_matches("break; ") } else { end };
                    if !ends.is_empty() {
                        writeln!(out, "{pad}    {ends}").unwrap();
                    }
                }
                if !close.is_empty() {
                    writeln!(out, "{pad}{close}").unwrap();
                }
            }
            Stmt::Leave => line(format!("{}{end}", self.leave)),
            Stmt::Number(name, condition, a, b) => {
                let parts = [("{name}", name.clone()), ("{a}", a.to_string()), ("{b}", b.to_string())];
                let [declare, note] = self
                    .number
                    .map(|text| parts.iter().fold(text.to_owned(), |text, (sign, part)| text.replace(sign, part)));
                line(format!("{}{end}", declare.replace("{c}", &self.condition(condition))));
                line(format!("{note}{end}"));
            }
            Stmt::Inner(id, body) => {
                let [head, close, call] = self.inner.map(|text| text.replace('#', &id.to_string()));
                line(head);
                self.block(body, indent + 1, out);
                if !close.is_empty() {
                    writeln!(out, "{pad}{close}{end}").unwrap();
                }
                writeln!(out, "{pad}{call}{end}").unwrap();
            }
            Stmt::Labelled(id, condition, leaves, body) => {
                self.labelled(*id, condition, *leaves, body, indent, out);
            }
            Stmt::Loop(body) => {
                line(self.loop_head.replace('#', &indent.to_string()));
                self.block(body, indent + 1, out);
                self.tail(None, indent, out);
            }
        }
    }

    fn labelled(&self, id: u32, condition: &Cond, leaves: bool, body: &[Stmt], indent: usize, out: &mut String) {
        let (pad, end) = ("    ".repeat(indent), self.end);
        let [label, leave, next] = self.label.unwrap_or(["", "break", "continue"]);
        let named = |text: &str| text.replace('#', &id.to_string());
        if !label.is_empty() {
            writeln!(out, "{pad}{}", named(label)).unwrap();
        }
        writeln!(out, "{pad}{}", self.loop_head.replace('#', &format!("{id}_"))).unwrap();
        let inner = self.loop_head.replace('#', &format!("{id}__"));
        writeln!(out, "{pad}    {inner}\n{pad}        {}", self.head("if", condition)).unwrap();
        writeln!(out, "{pad}            {}{end}", named(if leaves { leave } else { next })).unwrap();
        self.tail(None, indent + 2, out);
        writeln!(out, "{pad}        t({id}){end}").unwrap();
        self.tail(None, indent + 1, out);
        self.block(body, indent + 1, out);
        self.tail(None, indent, out);
    }

    fn guarded(&self, body: &[Stmt], other: &[Stmt], always: bool, indent: usize, out: &mut String) {
        let pad = "    ".repeat(indent);
        let [head, catch, finally] = self.guard.unwrap_or(["{", "", ""]);
        writeln!(out, "{pad}{head}").unwrap();
        self.block(body, indent + 1, out);
        if self.guard.is_some() {
            writeln!(out, "{pad}{}", if always { finally } else { catch }).unwrap();
            self.block(other, indent + 1, out);
        }
        self.tail(None, indent, out);
    }

    fn tail(&self, other: Option<&Vec<Stmt>>, indent: usize, out: &mut String) {
        let pad = "    ".repeat(indent);
        if let Some(other) = other {
            writeln!(out, "{pad}{}", if self.python { "else:" } else { "} else {" }).unwrap();
            self.block(other, indent + 1, out);
        }
        if !self.python {
            writeln!(out, "{pad}}}").unwrap();
        }
    }
}

pub(crate) const SCRIPT: Dialect = Dialect {
    flag: "(await client.getBooleanValue(\"new-nav\", false))",
    not: "!",
    and: "&&",
    or: "||",
    declare: "let {name} = {value}",
    end: ";",
    open: "(",
    close: ")",
    while_word: "while",
    loop_head: "for (let i# = 0; i# < 2; i#++) {",
    forever: "while (true) {",
    pick: "({c} ? {a} : {b})",
    do_while: ["do {", "} while ({c});", ""],
    guard: Some(["try {", "} catch (e) {", "} finally {"]),
    switch: ["switch (q(#)) {", "case 0: {", "default: {", "break; }", "}"],
    leave: "break",
    many: "[#].forEach(t)",
    number: ["let {name} = ({c} ? {a} : {b})", "t({name} * 2 + {name})"],
    inner: ["const local# = async () => {", "}", "await local#()"],
    label: Some(["outer#:", "break outer#", "continue outer#"]),
    python: false,
};
pub(crate) const TYPESCRIPT: Dialect = Dialect {
    flag: "((await client.getBooleanValue(\"new-nav\", false)) as boolean)",
    declare: "let {name}: boolean = {value}",
    // Many projects write no semicolons.
    end: "",
    ..SCRIPT
};
pub(crate) const PYTHON: Dialect = Dialect {
    flag: "client.get_boolean_value(\"new-nav\", False)",
    not: "not ",
    and: "and",
    or: "or",
    declare: "{name} = {value}",
    end: "",
    open: "",
    close: "",
    while_word: "while",
    loop_head: "for i# in range(2):",
    forever: "while True:",
    pick: "({a} if {c} else {b})",
    do_while: ["while True:", "    if not ({c}):", "        break"],
    guard: Some(["try:", "except ValueError:", "finally:"]),
    switch: ["match q(#):", "case 0:", "case _:", "", ""],
    leave: "t(0)",
    many: "",
    number: ["{name} = ({a} if {c} else {b})", "t({name} * 2 + {name})"],
    inner: ["def local#():", "", "local#()"],
    label: None,
    python: true,
};
pub(crate) const GO: Dialect = Dialect {
    flag: "client.Boolean(nil, \"new-nav\", false, openfeature.EvaluationContext{})",
    not: "!",
    and: "&&",
    or: "||",
    declare: "{name} := {value}",
    end: "",
    open: "",
    close: "",
    while_word: "for",
    loop_head: "for i# := 0; i# < 2; i#++ {",
    forever: "for {",
    pick: "pick({c}, {a}, {b})",
    do_while: ["for {", "    if !({c}) { break }", "}"],
    guard: None,
    switch: ["switch q(#) {", "case 0:", "default:", "", "}"],
    leave: "break",
    many: "",
    number: ["{name} := number({c}, {a}, {b})", "t({name} * 2 + {name})"],
    inner: ["local# := func() {", "}", "local#()"],
    label: Some(["outer#:", "break outer#", "continue outer#"]),
    python: false,
};
pub(crate) const JAVA: Dialect = Dialect {
    flag: "client.getBooleanValue(\"new-nav\", false)",
    declare: "boolean {name} = {value}",
    loop_head: "for (int i# = 0; i# < 2; i#++) {",
    guard: Some(["try {", "} catch (RuntimeException e) {", "} finally {"]),
    many: "",
    number: ["int {name} = ({c} ? {a} : {b})", "t({name} * 2 + {name})"],
    inner: ["Runnable local# = () -> {", "}", "local#.run()"],
    ..SCRIPT
};
pub(crate) const RUST: Dialect = Dialect {
    flag: "client.get_bool_value(\"new-nav\", None, None).await.unwrap_or(false)",
    declare: "let mut {name} = {value}",
    open: "",
    close: "",
    loop_head: "for _ in 0..2 {",
    forever: "loop {",
    pick: "(if {c} { {a} } else { {b} })",
    do_while: ["loop {", "    if !({c}) { break; }", "}"],
    guard: None,
    switch: ["match q(#) {", "0 => {", "_ => {", "}", "}"],
    leave: "t(0)",
    many: "",
    number: ["let {name} = (if {c} { {a} } else { {b} })", "t({name} * 2 + {name})"],
    inner: ["let local# = || {", "}", "local#()"],
    label: Some(["'outer#:", "break 'outer#", "continue 'outer#"]),
    ..SCRIPT
};
