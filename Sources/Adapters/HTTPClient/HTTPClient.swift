/// Requests and streams over HTTP/1.1, by libcurl, on one thread of its own whatever their number. Connections are kept
/// and used again. Redirects are not followed, no server on this host is reached through a proxy, and a request with a
/// body is never sent twice.
package final class HTTPClient: Sendable {
    private let loop: CurlLoop

    /// Starts the thread.
    /// - Throws: where the system gives none.
    package init() throws(HTTPError) { loop = try CurlLoop.started() }

    deinit { loop.stop() }

    /// Sends a request and waits for the whole answer, whatever its status. Cancelling the task breaks it off.
    /// - Throws: where there is no answer.
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let answer = Answer()
        let transfer = Transfer(request, sink: .whole { answer.fill($0) })
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.wait(continuation)
                loop.start(transfer)
            }
        } onCancel: {
            loop.cancel(transfer)
        }
        return try result.get()
    }

    /// Sends a request and returns when the answer's headers are there; its body comes through the stream. `buffer` is
    /// how many bytes may wait for the reader: a server that is faster is cut off, because not reading would make it
    /// keep the bytes itself.
    /// - Throws: where there is no answer.
    package func stream(_ request: HTTPRequest, buffer limit: Int = 64 << 20) async throws(HTTPError) -> HTTPStream {
        let buffer = StreamBuffer(limit: limit, server: request.server)
        let transfer = Transfer(request, sink: .stream(buffer))
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                buffer.head(continuation)
                loop.start(transfer)
            }
        } onCancel: {
            loop.cancel(transfer)
        }
        return HTTPStream(try result.get(), buffer, transfer, loop)
    }

    /// A way on which requests keep their order.
    package func lane() -> Lane { Lane(loop) }

    /// Ends the thread and returns when it is gone; what is under way fails.
    package func shutDown() async {
        loop.stop()
        await loop.ended()
    }
}

/// The body of an answer, as it comes. Letting go of it closes the connection.
package final class HTTPStream: Sendable {
    /// Status and headers.
    package let head: HTTPHead
    private let buffer: StreamBuffer
    private let transfer: Transfer
    private let loop: CurlLoop

    init(_ head: HTTPHead, _ buffer: StreamBuffer, _ transfer: Transfer, _ loop: CurlLoop) {
        self.head = head
        self.buffer = buffer
        self.transfer = transfer
        self.loop = loop
    }

    deinit { loop.cancel(transfer) }

    /// What has come since the last time, at least one byte; `nil` where the server has ended the stream. One reader at
    /// a time.
    /// - Throws: where the connection broke, the server fell silent, or the task was cancelled.
    package func next() async throws(HTTPError) -> [UInt8]? {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in buffer.next(continuation) }
        } onCancel: {
            loop.cancel(transfer)
        }
        return try result.get()
    }

    /// Closes the connection; the reader's next call throws.
    package func cancel() { loop.cancel(transfer) }
}
