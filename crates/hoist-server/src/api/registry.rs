//! How routes are made: each from a handler that begins with a guard value and carries its own documentation. What is
//! routed, what is documented and what is checked are one list.

use axum::Router;
use axum::handler::Handler;
use axum::routing::on;
use utoipa::__dev::SchemaReferences;
use utoipa::Path;
use utoipa::openapi::path::{Operation, Paths};
use utoipa::openapi::{Content, HttpMethod, OpenApi, Ref, RefOr, Response, Schema};
use utoipa_axum::PathItemExt;

use crate::auth::{Declares, Requirement, Sealed};

/// One route, as tests and documents see it.
#[derive(Debug, Clone)]
pub struct RouteEntry {
    /// The method.
    pub method: http::Method,
    /// The template of the path.
    pub path: String,
    /// What it asks of its callers.
    pub requirement: Requirement,
}

/// Routes in the making.
pub(super) struct Registry {
    router: Router<Sealed>,
    paths: Paths,
    schemas: Vec<(String, RefOr<Schema>)>,
    entries: Vec<RouteEntry>,
}

impl Registry {
    pub(super) fn new() -> Self {
        Self { router: Router::new(), paths: Paths::new(), schemas: Vec::new(), entries: Vec::new() }
    }

    /// Adds the route of `handler`, documented by `D`. A handler whose first argument is no guard value does not
    /// compile here.
    #[expect(clippy::needless_pass_by_value, reason = "handlers are functions, and the caller names them")]
    pub(super) fn add<D, H, T>(mut self, handler: H) -> Self
    where
        D: Path + SchemaReferences,
        H: Handler<T, Sealed>,
        T: Declares + 'static,
    {
        let (path, methods, mut operation) = (D::path(), D::methods(), D::operation());
        document_refusals(&mut operation, T::REQUIREMENT);
        for method in &methods {
            self.router = self.router.route(&path, on(method.to_method_filter(), handler.clone()));
            let method = http_method(method);
            self.entries.push(RouteEntry { method, path: path.clone(), requirement: T::REQUIREMENT });
        }
        self.paths.add_path_operation(&path, methods, operation);
        D::schemas(&mut self.schemas);
        self
    }

    /// Returns the router, the document and the list.
    pub(super) fn finish(self, mut document: OpenApi) -> (Router<Sealed>, OpenApi, Vec<RouteEntry>) {
        document.paths = self.paths;
        let components = document.components.get_or_insert_default();
        components.schemas.extend(self.schemas);
        (self.router, document, self.entries)
    }
}

/// Documents what every route may answer beside its own: a refusal as a problem, or as its protocol has it.
fn document_refusals(operation: &mut Operation, requirement: Requirement) {
    let refusal = if requirement == Requirement::Export {
        Response::builder().description(
            "A refusal, as `google.rpc.Status` in the encoding of the request: `message` names the kind and the way out.",
        )
    } else {
        let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
        Response::builder()
            .description("A refusal: `code` names the kind, `detail` the way out.")
            .content("application/problem+json", content)
    };
    operation.responses.responses.insert("default".to_owned(), RefOr::T(refusal.build()));
    let needs = match requirement {
        Requirement::Permission { action, .. } => format!("Needs {}.", action.needs()),
        Requirement::Evaluation => "Needs a server, client or edge token of the environment.".to_owned(),
        Requirement::Export => "Needs a server or edge token of the environment.".to_owned(),
        Requirement::Setup | Requirement::Nothing => {
            operation.security = Some(Vec::new());
            return;
        }
    };
    let told = operation.description.take();
    operation.description = Some(told.map_or(needs.clone(), |told| format!("{told}\n\n{needs}")));
}

fn http_method(method: &HttpMethod) -> http::Method {
    match method {
        HttpMethod::Get => http::Method::GET,
        HttpMethod::Post => http::Method::POST,
        HttpMethod::Put => http::Method::PUT,
        HttpMethod::Delete => http::Method::DELETE,
        HttpMethod::Options => http::Method::OPTIONS,
        HttpMethod::Head => http::Method::HEAD,
        HttpMethod::Patch => http::Method::PATCH,
        HttpMethod::Trace => http::Method::TRACE,
    }
}
