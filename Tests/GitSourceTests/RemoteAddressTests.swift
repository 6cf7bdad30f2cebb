import Testing

@testable import GitSource

struct RemoteAddressTests {
    struct Row: CustomTestStringConvertible {
        var text: String
        var transport: RemoteAddress.Transport
        var url: String
        var user: String?
        var password: String?
        var port: Int?
        var testDescription: String { text }
    }

    static let rows = [
        Row(text: "/srv/git/shop.git", transport: .local(path: "/srv/git/shop.git"), url: "/srv/git/shop.git"),
        Row(text: "../shop", transport: .local(path: "../shop"), url: "../shop"),
        Row(text: "./a:b", transport: .local(path: "./a:b"), url: "./a:b"),
        Row(text: "file:///srv/a%20b", transport: .local(path: "/srv/a b"), url: "file:///srv/a%20b"),
        Row(text: "file://localhost/srv", transport: .local(path: "/srv"), url: "file:///srv"),
        Row(text: "http://h/x", transport: .http(encrypted: false), url: "http://h/x"),
        Row(text: "HTTPS://h:8443/x", transport: .http(encrypted: true), url: "https://h:8443/x", port: 8443),
        Row(
            text: "https://a%40b:p%3Aw@h/x.git",
            transport: .http(encrypted: true),
            url: "https://h/x.git",
            user: "a@b",
            password: "p:w"
        ),
        Row(text: "https://[::1]:80/x", transport: .http(encrypted: true), url: "https://[::1]:80/x", port: 80),
        Row(text: "https://[::1]/x", transport: .http(encrypted: true), url: "https://[::1]/x"),
        Row(text: "ssh://git@h:2222/x", transport: .ssh, url: "ssh://git@h:2222/x", user: "git", port: 2222),
        Row(text: "ssh://git:pw@h/x", transport: .ssh, url: "ssh://git@h/x", user: "git", password: "pw"),
        Row(text: "git@h:team/x.git", transport: .ssh, url: "git@h:team/x.git", user: "git"),
        Row(text: "h:x", transport: .ssh, url: "h:x"),
    ]

    @Test(arguments: rows)
    func `a URL is taken apart`(_ row: Row) throws {
        let address = try RemoteAddress(row.text)
        #expect(address.transport == row.transport)
        #expect(address.url == row.url)
        #expect(address.user == row.user)
        #expect(address.port == row.port)
        // A password in an ssh URL is of no use (keys are), so it is only kept out of sight.
        if row.transport != .ssh { #expect(address.password == row.password) }
    }

    @Test(arguments: [
        "", "ftp://h/x", "git://h/x", "file://host/x", "file:///a%2", "https:///x", "https://h:abc/x", "git@h:", "a\nb",
    ])
    func `a URL that makes no sense is refused`(_ text: String) {
        #expect(throws: RemoteAddress.Malformed.self) { try RemoteAddress(text) }
    }

    @Test(arguments: UInt64(0)..<200)
    func `no URL, however broken, shows its password`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "http://", "https://", "ssh://", "user", ":", "@", "/", "host", "[::1]", "%4", "%41", "?", "#", "é", "-",
        ]
        for _ in 0..<50 {
            let before = (0..<Int.random(in: 0..<4, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            let after = (0..<Int.random(in: 0..<6, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            let web = ["http://", "https://", "ssh://"].randomElement(using: &random) ?? ""
            let text =
                web + before.filter { !$0.contains("/") && $0 != "?" && $0 != "#" }.joined() + ":hunter2@"
                + after.joined()
            guard let address = try? RemoteAddress(text) else { continue }
            #expect(!address.url.contains("hunter2"), "\(text)")
        }
    }
}
