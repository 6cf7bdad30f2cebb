import Glibc

/// The folder that this process keeps its mirrors in, for as long as it runs. Two processes never write the same mirror: a
/// second controller on the machine, which stands by, takes the next folder.
struct MirrorsFolder: ~Copyable {
    let path: String
    private let lock: Int32

    private static let most = 16

    /// Takes the first free one of `mirrors`, `mirrors.2`, … below the data directory.
    /// - Throws: where none can be made or locked.
    init(below dataDirectory: String) throws {
        for number in 1...MirrorsFolder.most {
            let folder = dataDirectory + (number == 1 ? "/mirrors" : "/mirrors.\(number)")
            try FileTree.makeFolder(folder)
            let descriptor = open(folder + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw Failure(
                    "\(folder)/.lock cannot be opened: \(FileTree.reason(errno))",
                    hint: "check dataDirectory"
                )
            }
            // The lock goes with the process, however it ends.
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                self.path = folder
                self.lock = descriptor
                return
            }
            close(descriptor)
        }
        throw Failure(
            "\(MirrorsFolder.most) controllers keep their mirrors below \(dataDirectory) already",
            hint: "set dataDirectory to another folder"
        )
    }

    deinit { close(lock) }
}
