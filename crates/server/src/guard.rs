//! The guard against webhooks that point into our own network (server-side request forgery).
//!
//! Promises: only public addresses, and networks the operator allows, are ever dialled; the check is made on the
//! very address that is dialled, so a name that changes its answer gains nothing.
//!
//! Left to others: using it. A client must take [`GuardedResolver`] as its resolver, check every URL with
//! [`AddressGuard::check_url`] (literal addresses are never resolved), follow no redirects and use no proxy.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Decides which addresses may be called: public ones, and those in `allow`.
#[derive(Clone, Debug, Default)]
pub struct AddressGuard {
    allow: Vec<IpNet>,
}

impl AddressGuard {
    pub fn new(allow: Vec<IpNet>) -> Self {
        Self { allow }
    }

    /// May this address be dialled? `host` is only for the message.
    pub fn check_address(&self, host: &str, address: IpAddr) -> Result<(), Refused> {
        let allowed = self.allow.iter().any(|network| network.contains(&address));
        match not_public(address) {
            Some(kind) if !allowed => Err(Refused::Address { host: host.to_owned(), address, kind }),
            _ => Ok(()),
        }
    }

    /// Checks what is known before resolving: the scheme, and the address if the host is one.
    pub fn check_url(&self, url: &Url) -> Result<(), Refused> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refused::Scheme { scheme: url.scheme().to_owned() });
        }
        let host = url.host_str().ok_or(Refused::NoHost)?;
        literal(host).map_or(Ok(()), |address| self.check_address(host, address))
    }

    /// The addresses among `resolved` that may be dialled; an error if there are none.
    fn filter(
        &self,
        host: &str,
        resolved: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, Refused> {
        let mut refusal = Refused::NoAddress { host: host.to_owned() };
        let mut allowed = Vec::new();
        for address in resolved {
            match self.check_address(host, address.ip()) {
                Ok(()) => allowed.push(address),
                Err(refused) => refusal = refused,
            }
        }
        if allowed.is_empty() { Err(refusal) } else { Ok(allowed) }
    }
}

/// Why a webhook is not called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("webhook host {host} {}; allow it with delivery.allow_addresses", leads_to(.host, .address, .kind))]
    Address { host: String, address: IpAddr, kind: &'static str },
    #[error("webhook host {host} has no address")]
    NoAddress { host: String },
    #[error("webhook URLs start with http:// or https://, not {scheme}:")]
    Scheme { scheme: String },
    #[error("webhook URL names no host")]
    NoHost,
}

impl Refused {
    /// The refusal somewhere beneath an error of the HTTP client, if that is what failed.
    pub fn beneath<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Refused> {
        std::iter::successors(Some(error), |error| error.source()).find_map(|error| error.downcast_ref())
    }
}

/// Resolves names with the system's resolver and lets only allowed addresses through.
#[derive(Clone, Debug)]
pub struct GuardedResolver(pub Arc<AddressGuard>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let host = name.as_str();
            let resolved = tokio::net::lookup_host((host, 0)).await?;
            let allowed = guard.filter(host, resolved)?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// What kind of non-public address this is; `None` for a public one.
fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => {
            NOT_PUBLIC_V4.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind)
        }
        IpAddr::V6(address) => {
            let kind =
                NOT_PUBLIC_V6.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind);
            kind.or((!GLOBAL_V6.contains(&address)).then_some("not a public address"))
        }
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, c: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

/// IANA's special-purpose registry for IPv4, most specific first.
const NOT_PUBLIC_V4: [(Ipv4Net, &str); 17] = [
    (v4(255, 255, 255, 255, 32), "the broadcast address"),
    (v4(169, 254, 169, 254, 32), "a cloud metadata address"),
    (v4(0, 0, 0, 0, 8), "an unspecified address"),
    (v4(10, 0, 0, 0, 8), "a private address"),
    (v4(100, 64, 0, 0, 10), "a carrier-grade NAT address"),
    (v4(127, 0, 0, 0, 8), "a loopback address"),
    (v4(169, 254, 0, 0, 16), "a link-local address"),
    (v4(172, 16, 0, 0, 12), "a private address"),
    (v4(192, 0, 0, 0, 24), "a protocol assignment address"),
    (v4(192, 0, 2, 0, 24), "a documentation address"),
    (v4(192, 88, 99, 0, 24), "a 6to4 relay address"),
    (v4(192, 168, 0, 0, 16), "a private address"),
    (v4(198, 18, 0, 0, 15), "a benchmarking address"),
    (v4(198, 51, 100, 0, 24), "a documentation address"),
    (v4(203, 0, 113, 0, 24), "a documentation address"),
    (v4(224, 0, 0, 0, 4), "a multicast address"),
    (v4(240, 0, 0, 0, 4), "a reserved address"),
];

/// Where public IPv6 addresses are; whatever lies outside is refused.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// IANA's special-purpose registry for IPv6, most specific first.
const NOT_PUBLIC_V6: [(Ipv6Net, &str); 16] = [
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128), "the unspecified address"),
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), "a loopback address"),
    (Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96), "an IPv4 address in disguise"),
    (v6(0, 0, 0, 96), "an IPv4 address in disguise"),
    (v6(0x64, 0xff9b, 0, 96), "a NAT64 address"),
    (v6(0x64, 0xff9b, 1, 48), "a NAT64 address"),
    (v6(0x2001, 2, 0, 48), "a benchmarking address"),
    (v6(0x2001, 0xdb8, 0, 32), "a documentation address"),
    // Teredo and other protocol assignments.
    (v6(0x2001, 0, 0, 23), "a protocol assignment address"),
    (v6(0x2002, 0, 0, 16), "a 6to4 address"),
    (v6(0x3fff, 0, 0, 20), "a documentation address"),
    (v6(0x100, 0, 0, 64), "a discard address"),
    (v6(0xfc00, 0, 0, 7), "a private address"),
    (v6(0xfe80, 0, 0, 10), "a link-local address"),
    (v6(0xfec0, 0, 0, 10), "a site-local address"),
    (v6(0xff00, 0, 0, 8), "a multicast address"),
];

/// The address of a host that is a literal address itself; `None` for a name.
fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn leads_to(host: &str, address: &IpAddr, kind: &str) -> String {
    match literal(host) {
        Some(_) => format!("is {kind}"),
        None => format!("resolves to {address}, {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let cases = [
            ("1.1.1.1", None),
            ("8.8.8.8", None),
            ("100.63.255.255", None),
            ("172.32.0.1", None),
            ("2606:4700::1111", None),
            ("2001:4860:4860::8888", None),
            ("0.0.0.0", Some("unspecified")),
            ("0.1.2.3", Some("unspecified")),
            ("10.0.0.5", Some("private")),
            ("100.64.0.1", Some("carrier-grade NAT")),
            ("100.127.255.255", Some("carrier-grade NAT")),
            ("127.0.0.1", Some("loopback")),
            ("127.9.9.9", Some("loopback")),
            ("169.254.1.1", Some("link-local")),
            ("169.254.169.254", Some("cloud metadata")),
            ("172.16.0.1", Some("private")),
            ("172.31.255.255", Some("private")),
            ("192.0.0.8", Some("protocol")),
            ("192.0.2.1", Some("documentation")),
            ("192.88.99.1", Some("6to4")),
            ("192.168.1.1", Some("private")),
            ("198.18.0.1", Some("benchmarking")),
            ("198.19.255.255", Some("benchmarking")),
            ("198.51.100.7", Some("documentation")),
            ("203.0.113.7", Some("documentation")),
            ("224.0.0.1", Some("multicast")),
            ("239.255.255.250", Some("multicast")),
            ("240.0.0.1", Some("reserved")),
            ("255.255.255.255", Some("broadcast")),
            ("::", Some("unspecified")),
            ("::1", Some("loopback")),
            ("::7f00:1", Some("disguise")),
            ("::ffff:10.0.0.1", Some("disguise")),
            ("::ffff:8.8.8.8", Some("disguise")),
            ("64:ff9b::a00:1", Some("NAT64")),
            ("64:ff9b:1::1", Some("NAT64")),
            ("100::1", Some("discard")),
            ("2001::1", Some("protocol")),
            ("2001:2::1", Some("benchmarking")),
            ("2001:db8::1", Some("documentation")),
            ("2002:a00:1::", Some("6to4")),
            ("3fff::1", Some("documentation")),
            ("4000::1", Some("not a public")),
            ("fc00::1", Some("private")),
            ("fd12::1", Some("private")),
            ("fe80::1", Some("link-local")),
            ("fec0::1", Some("site-local")),
            ("ff02::1", Some("multicast")),
        ];
        for (address, expected) in cases {
            let kind = not_public(address.parse().unwrap());
            match expected {
                None => assert_eq!(kind, None, "{address}"),
                Some(word) => assert!(kind.is_some_and(|kind| kind.contains(word)), "{address}: {kind:?}"),
            }
        }
    }

    #[test]
    fn urls() {
        let guard = AddressGuard::new(vec!["127.0.0.1/32".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        for (url, refused) in [
            ("https://example.com/hook", false),
            ("http://1.1.1.1/", false),
            ("http://127.0.0.1:8080/", false),
            ("http://[fd00::1]/", false),
            ("http://127.0.0.2/", true),
            ("http://2130706434/", true),
            ("http://0x7f.2/", true),
            ("http://[::1]/", true),
            ("http://[::ffff:127.0.0.1]/", true),
            ("http://user:password@10.0.0.1/", true),
            ("ftp://example.com/", true),
            ("file:///etc/passwd", true),
            ("data:text/plain,hi", true),
        ] {
            let verdict = guard.check_url(&url.parse().unwrap());
            assert_eq!(verdict.is_err(), refused, "{url}: {verdict:?}");
        }
    }

    #[test]
    fn only_allowed_answers_are_dialled() {
        let guard = AddressGuard::default();
        let private: SocketAddr = "10.0.0.5:0".parse().unwrap();
        let public: SocketAddr = "1.1.1.1:0".parse().unwrap();
        assert_eq!(guard.filter("x", [private, public].into_iter()), Ok(vec![public]));
        assert_eq!(
            guard.filter("x", [private].into_iter()).unwrap_err().to_string(),
            "webhook host x resolves to 10.0.0.5, a private address; allow it with delivery.allow_addresses"
        );
        assert_eq!(
            guard.filter("x", [].into_iter()).unwrap_err().to_string(),
            "webhook host x has no address"
        );
    }

    #[tokio::test]
    async fn a_name_for_this_machine_is_refused() {
        let resolver = GuardedResolver(Arc::new(AddressGuard::default()));
        let Err(error) = resolver.resolve("localhost".parse().unwrap()).await else { panic!("not refused") };
        assert!(matches!(Refused::beneath(error.as_ref()), Some(Refused::Address { .. })), "{error}");
    }
}
