//! The host of `serin serve`, natively: connections, headers and bodies.
//!
//! The one place of the tool that does many things at once; it hands each
//! request to `answer`, which does one.

use super::Unbound;
use super::answer::{Answer, EVENTS, Made, Site, answer};
use super::reply::Reply;
use super::watch::Watch;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode, Uri};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use xxhash_rust::xxh64::xxh64;

/// A larger file is not read whole, and known again by its size and time.
const WHOLE: u64 = 16 << 20;
/// Bytes of such a file that are read at once.
const PART: usize = 1 << 16;
/// How long the host waits to accept again when the system has no room.
const PAUSE: Duration = Duration::from_millis(50);

/// Takes the first port that is free.
pub fn bind(host: &str, (first, last): (u16, u16)) -> Result<TcpListener, Unbound> {
    let mut why = Unbound::InUse;
    for port in first..=last {
        match TcpListener::bind((host, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) => {
                why = match error.kind() {
                    ErrorKind::AddrInUse => Unbound::InUse,
                    ErrorKind::PermissionDenied => Unbound::Denied,
                    ErrorKind::AddrNotAvailable => Unbound::NotHere,
                    _ if error.to_string().starts_with("failed to lookup") => Unbound::NotHere,
                    _ => Unbound::Other(error.to_string()),
                }
            }
        }
        if !matches!(why, Unbound::InUse) {
            break;
        }
    }
    Err(why)
}

/// The address to open in a browser.
pub fn origin(host: &str, at: SocketAddr) -> String {
    let port = at.port();
    match at.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => format!("http://127.0.0.1:{port}"),
        IpAddr::V6(ip) if ip.is_unspecified() => format!("http://[::1]:{port}"),
        _ if host.contains(':') => format!("http://[{host}]:{port}"),
        _ => format!("http://{host}:{port}"),
    }
}

/// Answers requests for ever; what ends it is why it could not begin.
pub fn serve(listener: TcpListener, site: Site, host: &str) -> io::Error {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let run = |runtime: tokio::runtime::Runtime| {
        listener.set_nonblocking(true)?;
        runtime.block_on(accept(listener, site, host))
    };
    match built.and_then(run) {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

async fn accept(listener: TcpListener, site: Site, host: &str) -> io::Result<Infallible> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let watch = Watch::new(&site);
    let (site, host) = (Arc::new(site), Arc::<str>::from(host));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let (site, host, watch) = (Arc::clone(&site), Arc::clone(&host), watch.clone());
        let service = service_fn(move |request| {
            let (site, host, watch) = (Arc::clone(&site), Arc::clone(&host), watch.clone());
            async move { Ok::<_, Infallible>(respond(request, site, &host, &watch).await) }
        });
        tokio::spawn(async move {
            let mut connection = http1::Builder::new();
            connection.timer(TokioTimer::new());
            // Whoever asked may be gone.
            let _ = connection.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn respond(
    request: Request<Incoming>,
    site: Arc<Site>,
    host: &str,
    watch: &Watch,
) -> Response<Reply> {
    let (head, _) = request.into_parts();
    if !is_here(&head.uri, &head.headers, host) {
        return made(
            Made::plain(
                403,
                "this is the host of a local folder, and answers to localhost or an address; with --host NAME also to that name",
            ),
            &head.headers,
        );
    }
    match head.method {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return allowed(response(StatusCode::NO_CONTENT, Reply::empty()), true),
        _ => {
            let refused = made(Made::plain(405, "only GET, HEAD and OPTIONS"), &head.headers);
            return allowed(refused, false);
        }
    }
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    // A ruleset of sources takes its time, and so does a slow disk.
    let answer = tokio::task::spawn_blocking(move || answer(&site, &target)).await;
    match answer {
        Ok(Answer::Made(answer)) => made(answer, &head.headers),
        Ok(Answer::Events) => events(watch),
        Ok(Answer::File(place, kind)) => {
            let opened = tokio::task::spawn_blocking(move || file(&place)).await;
            match opened {
                Ok(Ok((tag, reply))) => tagged(StatusCode::OK, kind, &tag, reply, &head.headers),
                _ => made(Made::plain(500, "the file cannot be read"), &head.headers),
            }
        }
        Err(_) => made(Made::plain(500, "serin failed: please report it"), &head.headers),
    }
}

/// Whether the request was meant for this host: not for a name that somebody
/// lets lead here, so that his page could read what is served.
fn is_here(uri: &Uri, headers: &HeaderMap, host: &str) -> bool {
    let named = uri.authority().map(|authority| authority.as_str());
    let named = named.or(headers.get(header::HOST).and_then(|name| name.to_str().ok()));
    let Some(named) = named.and_then(|named| named.parse::<http::uri::Authority>().ok()) else {
        return false;
    };
    let named = named.host().to_ascii_lowercase();
    let bare = named.strip_prefix('[').and_then(|named| named.strip_suffix(']')).unwrap_or(&named);
    bare.parse::<IpAddr>().is_ok()
        || bare == "localhost"
        || bare.ends_with(".localhost")
        || bare == host.to_ascii_lowercase()
}

fn response(status: StatusCode, reply: Reply) -> Response<Reply> {
    let mut response = Response::new(reply);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "serin-events"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("serin-events"), EVENTS),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn allowed(mut response: Response<Reply>, asked: bool) -> Response<Reply> {
    const METHODS: &str = "GET, HEAD, OPTIONS";
    let headers = response.headers_mut();
    headers.insert(header::ALLOW, HeaderValue::from_static(METHODS));
    if asked {
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "*"),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // Paths are encoded, and so are tags.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn made(made: Made, asked: &HeaderMap) -> Response<Reply> {
    let status = StatusCode::from_u16(made.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let bytes = made.body.into_bytes();
    let mut response = match status {
        StatusCode::OK => tagged(status, made.kind, &tag(&bytes), Reply::whole(bytes), asked),
        _ => {
            let mut response = response(status, Reply::whole(bytes));
            set(response.headers_mut(), header::CONTENT_TYPE, made.kind);
            response
        }
    };
    if let Some(location) = made.location {
        set(response.headers_mut(), header::LOCATION, &location);
    }
    response
}

fn tagged(
    status: StatusCode,
    kind: &str,
    tag: &str,
    reply: Reply,
    asked: &HeaderMap,
) -> Response<Reply> {
    let known = asked.get_all(header::IF_NONE_MATCH).iter().any(|known| {
        let known = known.to_str().unwrap_or_default();
        known.split(',').map(str::trim).any(|known| known == "*" || known == tag)
    });
    let mut response = match known {
        true => response(StatusCode::NOT_MODIFIED, Reply::empty()),
        false => response(status, reply),
    };
    let headers = response.headers_mut();
    set(headers, header::ETAG, tag);
    if !known {
        set(headers, header::CONTENT_TYPE, kind);
    }
    response
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{:016x}\"", xxh64(bytes, 0))
}

/// A file's tag and its bytes, those of a large one as they are asked for.
fn file(place: &Path) -> io::Result<(String, Reply)> {
    let mut file = File::open(place)?;
    let about = file.metadata()?;
    if about.len() <= WHOLE {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        return Ok((tag(&bytes), Reply::whole(bytes)));
    }
    let known = format!("{:?} {}", about.modified()?, about.len());
    let (sender, parts) = mpsc::channel(2);
    std::thread::spawn(move || {
        let mut part = vec![0; PART];
        while let Ok(length) = file.read(&mut part) {
            let bytes = Bytes::copy_from_slice(part.get(..length).unwrap_or_default());
            if length == 0 || sender.blocking_send(bytes).is_err() {
                return;
            }
        }
    });
    Ok((tag(known.as_bytes()), Reply::Parts(parts)))
}

fn events(watch: &Watch) -> Response<Reply> {
    let mut response = response(StatusCode::OK, Reply::Parts(watch.subscribe()));
    set(response.headers_mut(), header::CONTENT_TYPE, "text/event-stream");
    response
}
