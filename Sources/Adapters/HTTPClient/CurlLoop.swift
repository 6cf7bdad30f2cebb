import CCurl
import Glibc
import Synchronization

/// The one thread that talks to libcurl. Others hand it commands under a lock and wake it; everything else is its own.
final class CurlLoop: Sendable {
    private enum Command {
        case start(Transfer)
        case cancel(Transfer)
        case close(Lane)
    }

    private struct Handle: @unchecked Sendable {
        var multi: UnsafeMutableRawPointer
    }

    private struct Mailbox {
        var commands: [Command] = []
        var isStopping = false
        /// For waking the thread; gone as soon as the thread no longer waits.
        var handle: Handle?
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let mailbox = Mutex(Mailbox())
    // For the thread only.
    nonisolated(unsafe) private var running: [UnsafeMutableRawPointer: Transfer] = [:]

    /// Starts the thread. It lives until ``stop()``.
    /// - Throws: where the system gives no thread or libcurl no handle.
    static func started() throws(HTTPError) -> CurlLoop {
        guard curlIsReady, let multi = curl_multi_init() else {
            throw HTTPError(.invalid, "libcurl could not be set up.")
        }
        pacer_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, 32)
        let loop = CurlLoop()
        loop.mailbox.withLock { $0.handle = Handle(multi: multi) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(loop)
        let failure = pthread_create(&thread, nil, runLoop, context.toOpaque())
        guard failure == 0 else {
            context.release()
            curl_multi_cleanup(multi)
            throw HTTPError(.invalid, "The system gives no thread for HTTP: \(String(cString: strerror(failure))).")
        }
        pthread_detach(thread)
        return loop
    }

    // MARK: - For everybody

    func start(_ transfer: Transfer) {
        guard !post(.start(transfer)) else { return }
        transfer.fail(.shutDown(transfer.request))
    }

    func cancel(_ transfer: Transfer) {
        transfer.cancel()
        _ = post(.cancel(transfer))
    }

    func close(_ lane: Lane) { _ = post(.close(lane)) }

    /// Ends the thread; what is under way fails.
    func stop() {
        mailbox.withLock { mailbox in
            mailbox.isStopping = true
            if let handle = mailbox.handle { curl_multi_wakeup(handle.multi) }
        }
    }

    /// Returns when the thread has let go of everything.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isOver = mailbox.withLock { mailbox in
                if mailbox.handle != nil { mailbox.waitingForEnd.append(continuation) }
                return mailbox.handle == nil
            }
            if isOver { continuation.resume() }
        }
    }

    /// False where the thread takes no more.
    private func post(_ command: Command) -> Bool {
        mailbox.withLock { mailbox in
            guard !mailbox.isStopping, let handle = mailbox.handle else { return false }
            mailbox.commands.append(command)
            if mailbox.commands.count == 1 { curl_multi_wakeup(handle.multi) }
            return true
        }
    }

    // MARK: - The thread

    fileprivate func run() {
        guard let multi = mailbox.withLock({ $0.handle?.multi }) else { return }
        var isStopping = false
        while !isStopping {
            let commands = mailbox.withLock { mailbox in
                isStopping = mailbox.isStopping
                defer { mailbox.commands = [] }
                return mailbox.commands
            }
            for command in commands { carryOut(command, multi) }
            var active: Int32 = 0
            curl_multi_perform(multi, &active)
            collect(multi)
            expire(multi)
            if !isStopping { curl_multi_poll(multi, nil, 0, pause, nil) }
        }
        tearDown(multi)
    }

    private func carryOut(_ command: Command, _ multi: UnsafeMutableRawPointer) {
        switch command {
        case .start(let transfer):
            guard let lane = transfer.lane else { return begin(transfer, multi) }
            if let ready = lane.enter(transfer) { begin(ready, multi) }
        case .cancel(let transfer):
            guard let easy = transfer.easy, running[easy] === transfer else { return }
            remove(easy, multi)?.fail(.cancelled(transfer.request))
            follow(transfer, multi)
        case .close(let lane):
            let (current, waiting) = lane.shut()
            for transfer in waiting { transfer.fail(.cancelled(transfer.request)) }
            if let current { carryOut(.cancel(current), multi) }
        }
    }

    /// Starts a request; where it cannot be started, the next one of its lane in its place.
    private func begin(_ first: Transfer, _ multi: UnsafeMutableRawPointer) {
        var next: Transfer? = first
        while let transfer = next {
            do throws(HTTPError) {
                return try add(transfer, multi)
            } catch {
                transfer.fail(error)
                next = transfer.lane?.advance()
            }
        }
    }

    private func add(_ transfer: Transfer, _ multi: UnsafeMutableRawPointer) throws(HTTPError) {
        guard !transfer.isCancelled else { throw .cancelled(transfer.request) }
        let easy = try transfer.prepare()
        let code = curl_multi_add_handle(multi, easy)
        guard code == CURLM_OK else {
            throw HTTPError(.invalid, "libcurl took no request: \(String(cString: curl_multi_strerror(code))).")
        }
        running[easy] = transfer
    }

    /// Starts the next request of the lane whose request is over.
    private func follow(_ transfer: Transfer, _ multi: UnsafeMutableRawPointer) {
        if let next = transfer.lane?.advance() { begin(next, multi) }
    }

    private func collect(_ multi: UnsafeMutableRawPointer) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = message.pointee.data.result
            guard let transfer = remove(easy, multi) else { continue }
            transfer.finish(code)
            follow(transfer, multi)
        }
    }

    private func expire(_ multi: UnsafeMutableRawPointer) {
        let now = ContinuousClock.now
        for transfer in running.values.filter({ $0.deadline.map { $0 <= now } ?? false }) {
            guard let easy = transfer.easy else { continue }
            remove(easy, multi)?.fail(transfer.overdue)
            follow(transfer, multi)
        }
    }

    private func remove(_ easy: UnsafeMutableRawPointer, _ multi: UnsafeMutableRawPointer) -> Transfer? {
        curl_multi_remove_handle(multi, easy)
        return running.removeValue(forKey: easy)
    }

    /// How long the thread may sleep, ms: until the next deadline that is ours, or until libcurl's own or a command.
    private var pause: Int32 {
        let now = ContinuousClock.now
        let next = running.values.compactMap(\.deadline).min()
        return Int32(clamping: min(60_000, next.map { max(0, ($0 - now).inMilliseconds) } ?? 60_000))
    }

    private func tearDown(_ multi: UnsafeMutableRawPointer) {
        let (late, waiters) = mailbox.withLock { mailbox in
            mailbox.handle = nil
            defer { (mailbox.commands, mailbox.waitingForEnd) = ([], []) }
            return (mailbox.commands, mailbox.waitingForEnd)
        }
        for transfer in running.values {
            if let easy = transfer.easy { curl_multi_remove_handle(multi, easy) }
            transfer.fail(.shutDown(transfer.request))
            for waiting in transfer.lane?.shut().waiting ?? [] { waiting.fail(.shutDown(waiting.request)) }
        }
        running = [:]
        for case .start(let transfer) in late { transfer.fail(.shutDown(transfer.request)) }
        curl_multi_cleanup(multi)
        for waiter in waiters { waiter.resume() }
    }
}

/// libcurl's own set-up, once for the process.
private let curlIsReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

private func runLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let loop = Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue()
    _ = pacer_name_thread("pacer-http")
    loop.run()
    return nil
}
