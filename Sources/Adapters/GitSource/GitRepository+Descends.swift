package import Boundary
package import Domain

extension GitRepository {
    /// Whether `revision` is `ancestor` or descends from it, by what is in the mirror. No network is touched.
    /// - Throws: ``SourceFailure`` of kind `mirror` where the mirror cannot be read.
    package func descends(_ revision: Revision, from ancestor: Revision) async throws(SourceFailure) -> Bool {
        guard revision != ancestor else { return true }
        guard let tip = ObjectName(hex: revision.rawValue), let old = ObjectName(hex: ancestor.rawValue) else {
            return false
        }
        let folder = mirrorFolder
        let answer = await GitThread.value("git descends") { () -> Result<Bool, GitError> in
            do throws(GitError) {
                let repository = try Repository(bare: folder)
                guard try repository.commit(tip) != nil, try repository.commit(old) != nil else { return .success(false) }
                return .success(try repository.descends(tip, from: old))
            } catch {
                return .failure(error)
            }
        }
        switch answer {
        case .success(let descends): return descends
        case .failure(let error): throw .mirror(folder, "\(error)")
        case nil: throw .mirror(folder, "the system gives no thread to read it")
        }
    }
}
