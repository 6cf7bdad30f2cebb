import Glibc

/// Keeps the input that is being read in a file, so that it survives the process, and ends a process that hangs.
///
/// The file is mapped: what stands in it is on disk when the process has crashed, and to write it costs a copy in memory.
final class Keeper {
    private let memory: UnsafeMutableRawPointer
    private static let room = 1 << 16

    /// - Returns: `nil` where the file cannot be made.
    init?(path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0, ftruncate(descriptor, off_t(Keeper.room)) == 0 else { return nil }
        defer { close(descriptor) }
        let mapped = mmap(nil, Keeper.room, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let mapped, mapped != MAP_FAILED else { return nil }
        memory = mapped
    }

    /// Notes the input, as its number, its length and its bytes, and gives it `seconds` until the process is ended by SIGALRM.
    func keep(_ number: Int, _ input: [UInt8], seconds: UInt32) {
        memory.storeBytes(of: number, as: Int.self)
        memory.storeBytes(of: input.count, toByteOffset: 8, as: Int.self)
        input.withUnsafeBytes {
            memory.advanced(by: 16).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: $0.count)
        }
        alarm(seconds)
    }

    /// The input that a process left behind.
    /// - Returns: `nil` where the file holds none.
    static func left(at path: String) -> (number: Int, input: [UInt8])? {
        guard let stream = fopen(path, "r") else { return nil }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: room)
        let count = fread(&bytes, 1, room, stream)
        guard count == room else { return nil }
        let (number, length) = bytes.withUnsafeBytes {
            ($0.load(as: Int.self), $0.load(fromByteOffset: 8, as: Int.self))
        }
        return (number, Array(bytes[16..<(16 + min(length, room - 16))]))
    }
}

/// This process's memory in KiB.
func residentKiB() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
}
