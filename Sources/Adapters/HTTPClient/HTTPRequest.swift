/// A request over HTTP/1.1.
package struct HTTPRequest: Sendable {
    /// The verb.
    package enum Method: String, Hashable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// How long each stage may take; `nil` is for ever.
    package struct Timeouts: Hashable, Sendable {
        /// Until there is a connection (name, TCP, TLS).
        package var connect: Duration
        /// From the start to the last byte of the answer.
        package var total: Duration?
        /// From the start to the answer's headers.
        package var head: Duration?
        /// From one byte of the answer to the next.
        package var silence: Duration?

        /// Time limits. By default 10 s for a connection and 60 s in all.
        package init(
            connect: Duration = .seconds(10),
            total: Duration? = .seconds(60),
            head: Duration? = nil,
            silence: Duration? = nil
        ) {
            self.connect = connect
            self.total = total
            self.head = head
            self.silence = silence
        }
    }

    /// The verb.
    package var method: Method
    /// `http://` or `https://`, with everything that belongs to it.
    package var url: String
    /// Headers in order. `Host` and `Content-Length` are made by the client.
    package var headers: [(name: String, value: String)]
    /// The body.
    package var body: [UInt8]
    /// How long it may take.
    package var timeouts: Timeouts
    /// The longest body that is taken as an answer, bytes; a longer one is an error.
    package var responseLimit: Int
    /// Certificates (PEM) that an https server's must lead back to; the system's own where absent.
    package var caFile: String?

    /// A request.
    package init(
        _ method: Method,
        _ url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        timeouts: Timeouts = Timeouts(),
        responseLimit: Int = 16 << 20,
        caFile: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.responseLimit = responseLimit
        self.caFile = caFile
    }

    /// Scheme, host and port of the URL, for messages: nothing secret is in them.
    var server: String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        return "\(url[..<scheme.upperBound])\(host)"
    }

    /// Whether the server is this very host: no proxy stands in between then, whatever the environment says.
    var isLoopback: Bool {
        guard let scheme = server.firstRange(of: "://") else { return false }
        let host = server[scheme.upperBound...]
        return host.hasPrefix("127.") || host.hasPrefix("[::1]") || host == "localhost" || host.hasPrefix("localhost:")
    }

    /// A name or value with a line feed in it would smuggle in headers of its own.
    var headersAreSound: Bool {
        headers.allSatisfy { header in
            !header.name.isEmpty && !header.name.utf8.contains(UInt8(ascii: ":"))
                && (header.name + header.value).utf8.allSatisfy { $0 != 0 && $0 != 0x0A && $0 != 0x0D }
        }
    }
}

/// What stands before an answer's body.
package struct HTTPHead: Hashable, Sendable {
    /// The status: 200 and so on.
    package let status: Int
    private let fields: [Field]

    struct Field: Hashable, Sendable {
        var name: String
        var value: String
    }

    init(status: Int, fields: [Field]) {
        self.status = status
        self.fields = fields
    }

    /// The first value of a header, by its name in any case.
    package subscript(name: String) -> String? {
        let wanted = name.lowercased()
        return fields.first { $0.name == wanted }?.value
    }
}

/// An answer that has arrived whole.
package struct HTTPResponse: Hashable, Sendable {
    /// Status and headers.
    package let head: HTTPHead
    /// The body.
    package let body: [UInt8]

    /// The status: 200 and so on.
    package var status: Int { head.status }

    /// The body as text; what is not UTF-8 in it is replaced.
    package var text: String { String(decoding: body, as: UTF8.self) }
}
