//! Random small programs: with the flag frozen they do the same as cleaned.
//!
//! A program is drawn once, as a tree that all languages have, and written in each of them. What a program does is what
//! its calls note: `t(n)` notes that it ran, `p(n)` notes that it ran and gives a boolean, `q(n)` gives 0 or 1.

use std::fmt::Write as _;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A condition.
#[derive(Debug, Clone)]
pub(crate) enum Cond {
    Flag,
    Call(u32),
    Var(String),
    Not(Box<Cond>),
    And(Box<Cond>, Box<Cond>),
    Or(Box<Cond>, Box<Cond>),
    /// A conditional expression.
    Pick(Box<Cond>, Box<Cond>, Box<Cond>),
}

/// A statement.
#[derive(Debug, Clone)]
pub(crate) enum Stmt {
    Trace(u32),
    /// The same, written so that it would go on with the line before it.
    Many(u32),
    Show(String),
    Let(String, Cond),
    Assign(String, Cond),
    If(Cond, Vec<Stmt>, Option<Vec<Stmt>>),
    ElseIf(Cond, Vec<Stmt>, Cond, Vec<Stmt>, Option<Vec<Stmt>>),
    While(Cond, Vec<Stmt>),
    Loop(Vec<Stmt>),
    DoWhile(Vec<Stmt>, Cond),
    /// A loop that only what is in it ends.
    Forever(Vec<Stmt>),
    /// The second body comes always, or if the first one fails, which it does not.
    Try(Vec<Stmt>, Vec<Stmt>, bool),
    /// Over `q(n)`: the arm of 0, and the default.
    Switch(u32, Vec<Stmt>, Vec<Stmt>),
    /// Leaves a switch.
    Leave,
    Return,
    Break,
    Continue,
}

struct Draw {
    rng: StdRng,
    next: u32,
    names: u32,
    /// Whether inner blocks may declare a name of an outer block again.
    nested: bool,
}

/// Draws the program of a seed.
pub(crate) fn draw(seed: u64, nested: bool) -> Vec<Stmt> {
    let mut draw = Draw { rng: StdRng::seed_from_u64(seed), next: 0, names: 0, nested };
    let mut scopes = vec![vec![]];
    let mut program = draw.block(3, &mut scopes, false);
    if !diverges(&program) {
        program.push(Stmt::Trace(99));
    }
    program
}

fn diverges(block: &[Stmt]) -> bool {
    block.last().is_some_and(|last| match last {
        Stmt::Return | Stmt::Break | Stmt::Continue | Stmt::Leave => true,
        Stmt::DoWhile(body, _) | Stmt::Try(body, _, true) => diverges(body),
        Stmt::If(_, a, Some(b)) => diverges(a) && diverges(b),
        Stmt::ElseIf(_, a, _, b, Some(c)) => diverges(a) && diverges(b) && diverges(c),
        _ => false,
    })
}

impl Draw {
    fn below(&mut self, n: u32) -> u32 {
        self.rng.random_range(0..n)
    }

    fn id(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn block(&mut self, depth: u32, scopes: &mut Vec<Vec<String>>, looped: bool) -> Vec<Stmt> {
        let mut block = vec![];
        for _ in 0..=self.below(3) {
            let statements = self.statement(depth, scopes, looped);
            block.extend(statements);
            if diverges(&block) {
                return block;
            }
        }
        match self.below(8) {
            0 if depth < 3 => block.push(Stmt::Return),
            1 if looped && depth < 3 => block.push(Stmt::Break),
            2 if looped && depth < 3 => block.push(Stmt::Continue),
            _ => {}
        }
        block
    }

    fn inner(&mut self, depth: u32, scopes: &mut Vec<Vec<String>>, looped: bool) -> Vec<Stmt> {
        scopes.push(vec![]);
        let block = self.block(depth - 1, scopes, looped);
        scopes.pop();
        block
    }

    fn statement(&mut self, depth: u32, scopes: &mut Vec<Vec<String>>, looped: bool) -> Vec<Stmt> {
        let kind = self.below(if depth == 0 { 5 } else { 16 });
        match kind {
            0 if self.below(2) == 0 => vec![Stmt::Many(self.id())],
            0 | 13 | 14 => vec![Stmt::Trace(self.id())],
            1 | 2 => {
                let condition = self.condition(3, scopes);
                let name = self.name(scopes);
                scopes.last_mut().unwrap().push(name.clone());
                vec![Stmt::Let(name.clone(), condition), Stmt::Show(name)]
            }
            3 => match self.variable(scopes) {
                Some(name) => vec![Stmt::Assign(name.clone(), self.condition(2, scopes)), Stmt::Show(name)],
                None => vec![Stmt::Trace(self.id())],
            },
            4 if depth == 0 => vec![Stmt::Many(self.id())],
            4..=6 => {
                let condition = self.condition(3, scopes);
                let then = self.inner(depth, scopes, looped);
                let other = (self.below(2) == 0).then(|| self.inner(depth, scopes, looped));
                vec![Stmt::If(condition, then, other)]
            }
            7 => {
                let first = self.condition(2, scopes);
                let a = self.inner(depth, scopes, looped);
                let second = self.condition(2, scopes);
                let b = self.inner(depth, scopes, looped);
                let other = (self.below(2) == 0).then(|| self.inner(depth, scopes, looped));
                vec![Stmt::ElseIf(first, a, second, b, other)]
            }
            8 => {
                let condition = self.condition(2, scopes);
                let mut body = vec![Stmt::Trace(self.id())];
                if self.below(2) == 0 {
                    body.extend(self.inner(1, scopes, false));
                }
                if !diverges(&body) {
                    body.push(Stmt::Break);
                }
                vec![Stmt::While(condition, body)]
            }
            9 => vec![Stmt::Loop(self.inner(depth, scopes, true))],
            10 => {
                let mut body = self.inner(1, scopes, false);
                if !diverges(&body) {
                    let end = if self.below(2) == 0 { Stmt::Break } else { Stmt::Return };
                    body.push(Stmt::If(self.always(), vec![end], None));
                }
                vec![Stmt::DoWhile(body, self.condition(2, scopes))]
            }
            11 => {
                let mut body = vec![Stmt::If(self.condition(2, scopes), vec![Stmt::Break], None)];
                body.extend(self.inner(1, scopes, false));
                if !diverges(&body) {
                    body.push(if self.below(2) == 0 { Stmt::Break } else { Stmt::Return });
                }
                vec![Stmt::Forever(body)]
            }
            12 => {
                let body = self.inner(depth.min(2), scopes, looped);
                vec![Stmt::Try(body, vec![Stmt::Trace(self.id())], self.below(2) == 0)]
            }
            _ => {
                let mut first = vec![Stmt::If(self.condition(2, scopes), vec![Stmt::Leave], None)];
                first.extend(self.inner(depth.min(2), scopes, false));
                let id = self.id();
                vec![Stmt::Switch(id, first, self.inner(1, scopes, false))]
            }
        }
    }

    /// Returns a condition that holds when it is asked, which nobody can see from outside.
    fn always(&mut self) -> Cond {
        self.next += 2 - self.next % 2;
        Cond::Call(self.next)
    }

    fn name(&mut self, scopes: &[Vec<String>]) -> String {
        if self.below(3) > 0 {
            let pool = ["a", "b", "c", "d"];
            let own = scopes.last().unwrap();
            let around: Vec<&String> = scopes.iter().flatten().collect();
            // Where a name means the whole block, an outer variable of that name would be hidden before its time.
            let taken = |name: &str| {
                if self.nested {
                    own.iter().any(|other| other == name)
                } else {
                    around.iter().any(|other| *other == name)
                }
            };
            let free: Vec<&str> = pool.into_iter().filter(|name| !taken(name)).collect();
            if let Some(name) = free.get(self.below(4) as usize % free.len().max(1)) {
                return (*name).to_owned();
            }
        }
        self.names += 1;
        format!("v{}", self.names)
    }

    fn variable(&mut self, scopes: &[Vec<String>]) -> Option<String> {
        let all: Vec<&String> = scopes.iter().flatten().collect();
        let index = self.below(all.len().max(1) as u32) as usize;
        all.get(index).map(|name| (*name).clone())
    }

    fn condition(&mut self, depth: u32, scopes: &[Vec<String>]) -> Cond {
        let kind = self.below(if depth == 0 { 5 } else { 10 });
        match kind {
            0 | 1 => Cond::Flag,
            2 => Cond::Call(self.id()),
            3 | 4 => self.variable(scopes).map_or(Cond::Flag, Cond::Var),
            5 | 6 => Cond::Not(Box::new(self.condition(depth - 1, scopes))),
            7 => Cond::And(Box::new(self.condition(depth - 1, scopes)), Box::new(self.condition(depth - 1, scopes))),
            8 => Cond::Or(Box::new(self.condition(depth - 1, scopes)), Box::new(self.condition(depth - 1, scopes))),
            _ => {
                let mut part = || Box::new(self.condition(depth - 1, scopes));
                Cond::Pick(part(), part(), part())
            }
        }
    }
}

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
            Stmt::Loop(body) => {
                line(self.loop_head.replace('#', &indent.to_string()));
                self.block(body, indent + 1, out);
                self.tail(None, indent, out);
            }
        }
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
    python: false,
};
pub(crate) const JAVA: Dialect = Dialect {
    flag: "client.getBooleanValue(\"new-nav\", false)",
    declare: "boolean {name} = {value}",
    loop_head: "for (int i# = 0; i# < 2; i#++) {",
    guard: Some(["try {", "} catch (RuntimeException e) {", "} finally {"]),
    many: "",
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
    ..SCRIPT
};
