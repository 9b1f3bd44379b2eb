//! The routes of a function. A handler is taken only with a proof of access as its first argument
//! ([`crate::access`]): one that forgets to ask does not compile.
//!
//! ```
//! use edge::{access::Open, routing::{Routes, get}};
//!
//! async fn weather(_: Open) -> &'static str {
//!     "sunny"
//! }
//!
//! let routes = Routes::new().route("/weather", get(weather)).with_state(());
//! ```
//!
//! ```compile_fail,E0277
//! use axum::http::HeaderMap;
//! use edge::routing::{Routes, get};
//!
//! async fn diary(_: HeaderMap) -> &'static str {
//!     "what somebody said"
//! }
//!
//! let routes = Routes::new().route("/diary", get(diary)).with_state(());
//! ```

use crate::access::Proof;
use axum::{Router, handler::Handler, routing::MethodRouter};

/// The arguments of a handler whose first one is a proof.
pub trait Proven {}

macro_rules! proven {
    ($($more:ident)*) => {
        impl<M, P: Proof, $($more),*> Proven for (M, P, $($more,)*) {}
    };
}

proven!();
proven!(A);
proven!(A B);
proven!(A B C);
proven!(A B C D);
proven!(A B C D E);
proven!(A B C D E F);

/// What answers to the methods of one path.
pub struct Methods<S>(MethodRouter<S>);

macro_rules! methods {
    ($($name:ident),*) => {
        $(
            #[doc = concat!("A path that answers to ", stringify!($name), ".")]
            pub fn $name<H, T, S>(handler: H) -> Methods<S>
            where
                H: Handler<T, S>,
                T: Proven + 'static,
                S: Clone + Send + Sync + 'static,
            {
                Methods(MethodRouter::new()).$name(handler)
            }
        )*

        impl<S: Clone + Send + Sync + 'static> Methods<S> {
            $(
                #[doc = concat!("Lets the path answer to ", stringify!($name), " as well.")]
                #[must_use]
                pub fn $name<H: Handler<T, S>, T: Proven + 'static>(self, handler: H) -> Self {
                    Self(self.0.$name(handler))
                }
            )*
        }
    };
}

methods!(get, post, put, patch, delete);

/// The routes of a function, as they are gathered.
pub struct Routes<S>(Router<S>);

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "a function without routes is none")]
    pub fn new() -> Self {
        Self(Router::new())
    }

    /// Lets a path be answered.
    #[must_use]
    pub fn route(self, path: &str, methods: Methods<S>) -> Self {
        Self(self.0.route(path, methods.0))
    }

    /// The routes with what they need.
    pub fn with_state(self, state: S) -> Router {
        self.0.with_state(state)
    }
}
