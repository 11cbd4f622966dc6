//! The page as text. Everything that comes from people is escaped, and set apart so that its direction stays its own.

use std::fmt::Write as _;

/// A flag in the list.
#[derive(Debug)]
pub(super) struct Row {
    /// The flag.
    pub(super) flag: String,
    /// Whether it is on.
    pub(super) on: bool,
    /// What everyone gets when it is off.
    pub(super) off_variant: String,
}

/// What the list shows.
#[derive(Debug)]
pub(super) struct Listing<'l> {
    /// Every environment that the reader reaches, as pairs of project and environment.
    pub(super) places: &'l [(String, String)],
    /// The project that is shown.
    pub(super) project: &'l str,
    /// The environment that is shown.
    pub(super) environment: &'l str,
    /// What the keys must contain.
    pub(super) words: &'l str,
    /// The flag that was just switched off; empty if none was.
    pub(super) done: &'l str,
    /// The first flags.
    pub(super) rows: Vec<Row>,
    /// How many there are.
    pub(super) all: usize,
}

/// Returns text that is text in HTML, in elements and in quoted attributes alike.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            character if character.is_control() => safe.push('\u{fffd}'),
            character => safe.push(character),
        }
    }
    safe
}

/// Returns the address of a list.
pub(super) fn address(project: &str, environment: &str, words: &str, done: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let pairs = [("project", project), ("environment", environment), ("q", words), ("done", done)];
    query.extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
    format!("/kill?{}", query.finish())
}

fn frame(body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Kill page · Hoist</title>\n\
         <link rel=\"stylesheet\" href=\"/kill.css\">\n</head>\n<body>\n<main>\n<h1>Switch a flag off</h1>\n{body}\
         </main>\n</body>\n</html>\n"
    )
}

/// Returns a page with one sentence on it.
pub(super) fn message(words: &str) -> String {
    frame(&format!("<p role=\"alert\">{}</p>\n<p><a href=\"/kill\">Back to the flags</a></p>\n", escape(words)))
}

/// Returns the page that asks for a token.
pub(super) fn sign_in(problem: Option<&str>) -> String {
    let alert = problem.map(|words| format!("<p role=\"alert\">{}</p>\n", escape(words))).unwrap_or_default();
    frame(&format!(
        "{alert}<form method=\"post\" action=\"/kill/sign-in\">\n\
         <label for=\"token\">Admin token</label>\n\
         <input id=\"token\" name=\"token\" type=\"password\" autocomplete=\"off\" required autofocus>\n\
         <button>Sign in</button>\n</form>\n\
         <p>Without a token, on the server's machine: <code>hoist flag off KEY --env ENV --data DIR</code></p>\n"
    ))
}

/// Returns the page with the flags of one environment.
pub(super) fn list(listing: &Listing<'_>) -> String {
    let mut body = places(listing);
    let _infallible = writeln!(
        body,
        "<form method=\"get\" action=\"/kill\" class=\"find\">\n\
         <input type=\"hidden\" name=\"project\" value=\"{}\"><input type=\"hidden\" name=\"environment\" value=\"{}\">\n\
         <label for=\"q\">Key contains</label> <input id=\"q\" name=\"q\" value=\"{}\" autofocus> <button>Find</button>\n\
         </form>",
        escape(listing.project),
        escape(listing.environment),
        escape(listing.words),
    );
    if !listing.done.is_empty() {
        let _infallible = writeln!(
            body,
            "<p role=\"status\" class=\"done\"><bdi>{}</bdi> is off in {}.</p>",
            escape(listing.done),
            escape(listing.environment)
        );
    }
    if listing.rows.is_empty() {
        body.push_str("<p>No flag is like that.</p>\n");
        return frame(&body);
    }
    body.push_str("<ul>\n");
    for row in &listing.rows {
        body.push_str(&line(listing, row));
    }
    body.push_str("</ul>\n");
    if listing.all > listing.rows.len() {
        let _infallible =
            writeln!(body, "<p>{} of {} flags. Find the others by their key.</p>", listing.rows.len(), listing.all);
    }
    frame(&body)
}

fn places(listing: &Listing<'_>) -> String {
    let mut nav = "<nav aria-label=\"Environments\">\n".to_owned();
    for (project, environment) in listing.places {
        let here = project == listing.project && environment == listing.environment;
        let _infallible = writeln!(
            nav,
            "<a href=\"{}\"{}>{} / {}</a>",
            escape(&address(project, environment, listing.words, "")),
            if here { " aria-current=\"page\"" } else { "" },
            escape(project),
            escape(environment),
        );
    }
    nav.push_str("</nav>\n");
    nav
}

fn line(listing: &Listing<'_>, row: &Row) -> String {
    let flag = escape(&row.flag);
    if !row.on {
        return format!(
            "<li><bdi class=\"key\">{flag}</bdi> <span class=\"off\">off: everyone gets <bdi>{}</bdi></span></li>\n",
            escape(&row.off_variant)
        );
    }
    let action = format!("/kill/off/{}/{}/{}", listing.project, listing.environment, row.flag);
    format!(
        "<li><bdi class=\"key\">{flag}</bdi>\n<form method=\"post\" action=\"{}\">\n\
         <input name=\"reason\" aria-label=\"Reason for switching {flag} off\" placeholder=\"Reason\" maxlength=\"200\">\n\
         <button class=\"kill\" aria-label=\"Switch off {flag}\">Switch off</button></form></li>\n",
        escape(&action),
    )
}
