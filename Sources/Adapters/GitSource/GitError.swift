internal import CGit2

/// What libgit2 answered when a call failed.
struct GitError: Error, Equatable, CustomStringConvertible {
    /// The call, by its name in libgit2.
    var call: String
    /// Its result: what decisions stand on, since the text is not reliable.
    var code: Int32
    /// The part of the library that failed (`GIT_ERROR_…`).
    var category: UInt32
    /// The library's own words, for people only.
    var message: String

    var description: String { "\(message) [\(call) \(code)]" }

    /// The error of the call that just failed on this thread. To be asked before anything else is called.
    static func last(_ call: String, code: Int32) -> GitError {
        guard let error = git_error_last(), let text = error.pointee.message else {
            return GitError(call: call, code: code, category: GIT_ERROR_NONE.rawValue, message: "no reason was given")
        }
        let category = UInt32(bitPattern: error.pointee.klass)
        return GitError(call: call, code: code, category: category, message: String(cString: text))
    }

    func isAbout(_ other: git_error_code) -> Bool { code == other.rawValue }

    func comesFrom(_ other: git_error_t) -> Bool { category == other.rawValue }
}

/// Runs one call of libgit2 and turns a negative result into an error.
@discardableResult
func check(_ call: String, _ body: () -> Int32) throws(GitError) -> Int32 {
    let status = body()
    guard status >= 0 else { throw .last(call, code: status) }
    return status
}

/// Runs one call of libgit2 that hands out an object.
func obtain(_ call: String, _ body: (inout OpaquePointer?) -> Int32) throws(GitError) -> OpaquePointer {
    var object: OpaquePointer?
    let status = body(&object)
    guard status >= 0 else { throw .last(call, code: status) }
    guard let object else { throw .last(call, code: GIT_ERROR.rawValue) }
    return object
}

/// Runs a lookup: `nil` where what was looked for does not exist.
func find<Found: ~Copyable>(_ body: () throws(GitError) -> Found) throws(GitError) -> Found? {
    do throws(GitError) {
        return try body()
    } catch {
        guard error.isAbout(GIT_ENOTFOUND) else { throw error }
        return nil
    }
}
