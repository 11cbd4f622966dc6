//! Random small programs: with the flag frozen they do the same as cleaned.
//!
//! A program is drawn once, as a tree that all languages have, and written in each of them. What a program does is what
//! its calls note: `t(n)` notes that it ran, `p(n)` notes that it ran and gives a boolean, `q(n)` gives 0 or 1.

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
    /// A number that a condition picks, and what comes of it.
    Number(String, Cond, u32, u32),
    /// A function in the function, which is called once.
    Inner(u32, Vec<Stmt>),
    /// A loop in a loop with a name: the inner one leaves the outer one, or goes on with it, where a condition holds.
    Labelled(u32, Cond, bool, Vec<Stmt>),
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
    /// Whether the program draws from what came later: numbers, inner functions, labels.
    wide: bool,
    /// Whether every name is a new one.
    fresh: bool,
}

/// Draws the program of a seed.
pub(crate) fn draw(seed: u64, nested: bool) -> Vec<Stmt> {
    let rng = StdRng::seed_from_u64(seed);
    let mut draw = Draw { rng, next: 0, names: 0, nested, wide: seed % 4 > 1, fresh: false };
    let mut scopes = vec![vec![]];
    let mut program = draw.block(3, &mut scopes, false);
    if !diverges(&program) {
        program.push(Stmt::Trace(99));
    }
    program
}

/// Returns whether a block never comes to its end.
pub(crate) fn diverges(block: &[Stmt]) -> bool {
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
        if self.wide && self.below(5) == 0 {
            return self.wide_statement(depth, scopes);
        }
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

    fn wide_statement(&mut self, depth: u32, scopes: &mut Vec<Vec<String>>) -> Vec<Stmt> {
        match self.below(3) {
            1 if depth > 0 => {
                // Who declares what in an inner function differs from language to language.
                let fresh = std::mem::replace(&mut self.fresh, true);
                let id = self.id();
                let body = self.inner(depth.min(2), &mut vec![], false);
                self.fresh = fresh;
                vec![Stmt::Inner(id, body)]
            }
            2 if depth > 0 => {
                let (id, condition) = (self.id(), self.condition(2, scopes));
                let leaves = self.below(2) == 0;
                vec![Stmt::Labelled(id, condition, leaves, self.inner(1, scopes, false))]
            }
            _ => {
                let (condition, id) = (self.condition(2, scopes), self.id());
                self.names += 1;
                vec![Stmt::Number(format!("n{}", self.names), condition, id, id + 1)]
            }
        }
    }

    /// Returns a condition that holds when it is asked, which nobody can see from outside.
    fn always(&mut self) -> Cond {
        self.next += 2 - self.next % 2;
        Cond::Call(self.next)
    }

    fn name(&mut self, scopes: &[Vec<String>]) -> String {
        if !self.fresh && self.below(3) > 0 {
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
