import CCurl

/// Sets a handle's options and remembers the first that libcurl refused.
final class CurlSetting {
    private let easy: UnsafeMutableRawPointer
    private(set) var refused: String?

    init(_ easy: UnsafeMutableRawPointer) { self.easy = easy }

    /// Where to, how, and for how long.
    func transport(of request: HTTPRequest) {
        set(CURLOPT_URL, request.url)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        if request.isLoopback { set(CURLOPT_PROXY, "") }
        if let file = request.caFile { set(CURLOPT_CAINFO, file) }
        // Without this libcurl would use signals for its time-outs, for the whole process.
        set(CURLOPT_NOSIGNAL, 1)
        note(pacer_easy_setopt_own_sockets(easy), CURLOPT_OPENSOCKETFUNCTION)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, request.timeouts.connect.inMilliseconds))
        if let total = request.timeouts.total { set(CURLOPT_TIMEOUT_MS, max(1, total.inMilliseconds)) }
    }

    /// Verb and size of the body.
    func verb(of request: HTTPRequest) {
        switch request.method {
        case .get where request.body.isEmpty: set(CURLOPT_HTTPGET, 1)
        case .head: set(CURLOPT_NOBODY, 1)
        default:
            set(CURLOPT_POST, 1)
            set(CURLOPT_POSTFIELDSIZE, request.body.count)
            if request.method != .post { set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
        }
    }

    /// The headers; the list must live as long as the handle.
    func headers(of request: HTTPRequest) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        // `Name:` takes a header of libcurl's own away: a body is sent at once and is of no type that nobody named.
        list = curl_slist_append(list, "Expect:")
        let named = Set(request.headers.map { $0.name.lowercased() })
        if !named.contains("content-type") { list = curl_slist_append(list, "Content-Type:") }
        if !named.contains("user-agent") { list = curl_slist_append(list, "User-Agent: pacer") }
        for header in request.headers {
            // `Name;` is how libcurl is told of a header without a value.
            list = curl_slist_append(list, header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
        set(CURLOPT_HTTPHEADER, UnsafeMutableRawPointer(list))
        return list
    }

    /// Who is called with what comes; `message` is where libcurl writes what went wrong.
    func callbacks(_ context: UnsafeMutableRawPointer, message: UnsafeMutablePointer<CChar>?) {
        set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(message))
        set(CURLOPT_READDATA, context)
        set(CURLOPT_READFUNCTION, giveBody)
        set(CURLOPT_HEADERDATA, context)
        set(CURLOPT_HEADERFUNCTION, takeHeader)
        set(CURLOPT_WRITEDATA, context)
        set(CURLOPT_WRITEFUNCTION, takeBody)
    }

    private func set(_ option: CURLoption, _ value: Int) {
        note(pacer_easy_setopt_long(easy, option, value), option)
    }

    private func set(_ option: CURLoption, _ value: String) {
        note(pacer_easy_setopt_string(easy, option, value), option)
    }

    private func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        note(pacer_easy_setopt_pointer(easy, option, value), option)
    }

    private func set(_ option: CURLoption, _ value: @escaping pacer_data_callback) {
        note(pacer_easy_setopt_callback(easy, option, value), option)
    }

    private func note(_ code: CURLcode, _ option: CURLoption) {
        guard code != CURLE_OK, refused == nil else { return }
        refused = "\(String(cString: curl_easy_strerror(code))) (option \(option.rawValue))"
    }
}

// libcurl calls these on the loop's thread. They are functions of the file, not closures: a closure would take on the
// isolation of the place it is written in, and trap on a thread that is not that place's.

private func giveBody(
    _ target: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.give(UnsafeMutableRawBufferPointer(start: target, count: size * count))
}

private func takeHeader(
    _ line: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    transfer.takeHeaderLine(UnsafeRawBufferPointer(start: line, count: size * count))
    return size * count
}

private func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let wanted = transfer.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
    // Any other number than what was offered ends the transfer.
    return wanted ? size * count : Int(CURL_WRITEFUNC_ERROR)
}
