import Boundary
import Domain
import Synchronization

/// Looks at every source again and again during one term: at its interval with some jitter, and at once when asked.
final class SourceWatchers: Sendable {
    private struct Watcher: Sendable {
        let wakes: AsyncStream<Void>
        let wake: AsyncStream<Void>.Continuation
    }

    private let readers: [String: SourceReader]
    private let settings: ControllerSettings
    private let clock: ShellClock
    private let box: SnapshotBox
    private let post: @Sendable (Input) -> Void
    private let watchers: [String: Watcher]
    private let asked: Mutex<[String: Int]>
    private let tasks: Mutex<[Task<Void, Never>]>

    init(
        readers: [String: SourceReader],
        settings: ControllerSettings,
        clock: ShellClock,
        box: SnapshotBox,
        post: @escaping @Sendable (Input) -> Void
    ) {
        self.readers = readers
        self.settings = settings
        self.clock = clock
        self.box = box
        self.post = post
        self.asked = Mutex([:])
        self.tasks = Mutex([])
        var watchers: [String: Watcher] = [:]
        for source in settings.sources {
            let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            watchers[source.name] = Watcher(wakes: wakes, wake: wake)
        }
        self.watchers = watchers
    }

    /// Begins to look. The tasks are cancelled by ``stop()`` and not awaited: a fetch that hangs must not hold up the
    /// next term.
    func start() {
        for source in settings.sources {
            guard let reader = readers[source.name], let watcher = watchers[source.name] else { continue }
            let task = Task(name: "source \(source.name)") { [self] in
                await watch(source, with: reader, watcher: watcher)
            }
            tasks.withLock { $0.append(task) }
        }
    }

    /// Looks at a source as soon as possible on behalf of a request.
    func look(at source: String, for request: Int) {
        asked.withLock { $0[source] = max($0[source] ?? 0, request) }
        watchers[source]?.wake.yield()
    }

    /// Looks no more.
    func stop() {
        for watcher in watchers.values { watcher.wake.finish() }
        tasks.withLock { tasks in
            for task in tasks { task.cancel() }
            tasks = []
        }
    }

    private func watch(
        _ source: ControllerSettings.Source,
        with reader: SourceReader,
        watcher: Watcher
    ) async {
        var known: Revision?
        var comparedWith: Revision?
        var wakes = watcher.wakes.makeAsyncIterator()
        while !Task.isCancelled {
            let answering = asked.withLock { $0[source.name] ?? 0 }
            let anchor = box.snapshot.sources.first { $0.name == source.name }?.record.applied
            // Another anchor makes the same commit news again: whether it descends has another answer.
            if anchor != comparedWith { known = nil }
            comparedWith = anchor
            let look = await reader.look(anchor: anchor, known: known)
            guard !Task.isCancelled else { return }
            if case .found(let desired, _, _) = look { known = desired.revision }
            post(.source(source.name, look, answering: answering))
            let poll = source.poll.count
            let timer = Task { [watcher, clock] in
                let delay = clock.jitter((poll - poll / 10)...(poll + poll / 10))
                do { try await Task.sleep(for: .milliseconds(delay.count)) } catch { return }
                watcher.wake.yield()
            }
            await wakes.next()
            timer.cancel()
        }
    }
}
