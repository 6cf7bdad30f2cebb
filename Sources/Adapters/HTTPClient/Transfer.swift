import CCurl
import Synchronization

/// One request on its way. Everything but `cancel` is for the loop's thread only, from the moment it is handed to the
/// loop; that is what makes it safe to share.
final class Transfer: @unchecked Sendable {
    /// Where the answer goes.
    enum Sink {
        /// To be gathered, and handed over in one piece.
        case whole(@Sendable (Result<HTTPResponse, HTTPError>) -> Void)
        /// To be handed over as it comes.
        case stream(StreamBuffer)
    }

    let request: HTTPRequest
    let lane: Lane?
    private let sink: Sink
    private let wasCancelled = Atomic(false)

    private(set) var easy: UnsafeMutableRawPointer?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let message = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    private var sent = 0
    private var status = 0
    private var fields: [HTTPHead.Field] = []
    private var head: HTTPHead?
    private var body: [UInt8] = []
    /// Why the loop or a callback broke the transfer off; goes before what libcurl says of it.
    private(set) var verdict: HTTPError?
    private var started = ContinuousClock.now
    private var lastByte = ContinuousClock.now

    init(_ request: HTTPRequest, lane: Lane? = nil, sink: Sink) {
        self.request = request
        self.lane = lane
        self.sink = sink
        message.initialize(repeating: 0)
    }

    deinit {
        if let easy { curl_easy_cleanup(easy) }
        curl_slist_free_all(headerList)
        message.deallocate()
    }

    var isCancelled: Bool { wasCancelled.load(ordering: .acquiring) }

    /// Marks it as no longer wanted; from any thread.
    func cancel() { wasCancelled.store(true, ordering: .releasing) }

    // MARK: - For the loop

    /// Makes the handle that does the work.
    func prepare() throws(HTTPError) -> UnsafeMutableRawPointer {
        guard request.headersAreSound else {
            throw HTTPError(.invalid, "A header of the request to \(request.server) has a line break in it.")
        }
        guard let easy = curl_easy_init() else { throw HTTPError(.invalid, "libcurl could not make a handle.") }
        self.easy = easy
        started = .now
        lastByte = started
        let setting = CurlSetting(easy)
        setting.transport(of: request)
        setting.verb(of: request)
        headerList = setting.headers(of: request)
        setting.callbacks(Unmanaged.passUnretained(self).toOpaque(), message: message.baseAddress)
        if let refused = setting.refused {
            throw HTTPError(.invalid, "libcurl does not take the request to \(request.server): \(refused).")
        }
        return easy
    }

    /// When it will have taken too long, where that can happen by itself and libcurl does not see to it.
    var deadline: ContinuousClock.Instant? {
        if head == nil { return request.timeouts.head.map { started + $0 } }
        return request.timeouts.silence.map { lastByte + $0 }
    }

    /// The error for a deadline that has passed.
    var overdue: HTTPError {
        if head == nil {
            let limit = request.timeouts.head?.inWords ?? "its time"
            return HTTPError(.timedOut, "\(request.server) took the request but did not answer within \(limit).")
        }
        let limit = request.timeouts.silence?.inWords ?? "its time"
        return HTTPError(.timedOut, "\(request.server) has sent nothing for \(limit): the connection counts as dead.")
    }

    /// Ends it, in the way that libcurl says or, before that, the reason for which it was broken off.
    func finish(_ code: CURLcode) {
        if code != CURLE_OK, verdict == nil { verdict = HTTPError(code, of: self) }
        conclude()
    }

    /// Ends it with an error.
    func fail(_ error: HTTPError) {
        verdict = verdict ?? error
        conclude()
    }

    private func conclude() {
        switch sink {
        case .whole(let done):
            if let verdict {
                done(.failure(verdict))
            } else if let head {
                done(.success(HTTPResponse(head: head, body: body)))
            } else {
                done(.failure(HTTPError(.broken, "\(request.server) sent no headers.")))
            }
        case .stream(let buffer): buffer.end(verdict)
        }
    }

    // MARK: - What libcurl can tell

    var curlMessage: String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var systemError: Int { info(CURLINFO_OS_ERRNO) }

    /// In microseconds; 0 where no connection was made.
    var connectTime: Int { info(CURLINFO_CONNECT_TIME_T) }

    private func info(_ what: CURLINFO) -> Int {
        var value = 0
        if let easy { pacer_easy_getinfo_long(easy, what, &value) }
        return value
    }

    // MARK: - For the callbacks

    /// Gives out the next bytes of the body. They are given out once: libcurl cannot send them a second time over another
    /// connection (it would need a way to seek), so that a request is never carried out twice.
    func give(_ target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(target.count, request.body.count - sent)
        target.copyBytes(from: request.body[sent..<sent + count])
        sent += count
        return count
    }

    /// Takes in one line of the headers. Interim answers (1xx) are passed over, trailers are left aside.
    func takeHeaderLine(_ line: UnsafeRawBufferPointer) {
        lastByte = .now
        guard head == nil else { return }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            fields = []
        } else if let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...].trimmingSpace()
            fields.append(HTTPHead.Field(name: text[..<colon].lowercased(), value: String(value)))
        } else if text.trimmingSpace().isEmpty, status >= 200 {
            let complete = HTTPHead(status: status, fields: fields)
            head = complete
            if case .stream(let buffer) = sink { buffer.begin(complete) }
        }
    }

    /// Takes in a part of the body. False breaks the transfer off.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        lastByte = .now
        switch sink {
        case .stream(let buffer):
            guard !buffer.append(bytes) else { return true }
            verdict = HTTPError(
                .tooLong,
                "\(request.server) sends faster than it is read: \(buffer.limit) bytes were waiting."
            )
            return false
        case .whole:
            guard body.count + bytes.count <= request.responseLimit else {
                verdict = HTTPError(
                    .tooLong,
                    "The answer of \(request.server) is longer than \(request.responseLimit) bytes."
                )
                return false
            }
            body.append(contentsOf: bytes)
            return true
        }
    }
}

extension Substring {
    fileprivate func trimmingSpace() -> Substring {
        let end = reversed().drop { $0.isWhitespace }.startIndex.base
        return self[..<end].drop { $0.isWhitespace }
    }
}

extension String {
    fileprivate func trimmingSpace() -> Substring { self[...].trimmingSpace() }
}
