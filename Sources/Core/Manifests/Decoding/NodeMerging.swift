/// How one tree is laid over another.
extension YAMLNode {
    /// The node with `patch` merged over it by RFC 7386: mappings merge key by key, `null` removes a key, everything
    /// else replaces. Every value keeps the place where it was written.
    func merged(with patch: YAMLNode) -> YAMLNode {
        guard case .mapping(let changes) = patch.content else { return patch }
        var entries: [Entry?] = []
        var mark = patch.mark
        if case .mapping(let own) = content {
            entries = own
            mark = self.mark
        }
        var index: [String: Int] = [:]
        for (position, entry) in entries.enumerated() {
            guard let key = entry?.key.writtenText, index[key] == nil else { continue }
            index[key] = position
        }
        for change in changes {
            let key = change.key.writtenText
            let position = key.flatMap { index[$0] }
            if change.value.isNull {
                if let position { entries[position] = nil }
            } else if let position, let entry = entries[position] {
                entries[position] = Entry(key: change.key, value: entry.value.merged(with: change.value))
            } else {
                let nothing = YAMLNode(.mapping([]), at: change.value.mark)
                if let key { index[key] = entries.count }
                entries.append(Entry(key: change.key, value: nothing.merged(with: change.value)))
            }
        }
        return YAMLNode(.mapping(entries.compactMap { $0 }), at: mark)
    }

    /// The node with every mark put into a layer.
    func onLayer(_ layer: Int) -> YAMLNode {
        var node = self
        node.mark.layer = layer
        switch content {
        case .scalar: break
        case .sequence(let items): node.content = .sequence(items.map { $0.onLayer(layer) })
        case .mapping(let entries):
            node.content = .mapping(
                entries.map { Entry(key: $0.key.onLayer(layer), value: $0.value.onLayer(layer)) }
            )
        }
        return node
    }

    /// The node with YAML's merge keys carried out: `<<: *base` puts the keys of `base` under those that are written.
    func resolvingMergeKeys(_ log: ProblemLog) -> YAMLNode {
        switch content {
        case .scalar: return self
        case .sequence(let items): return YAMLNode(.sequence(items.map { $0.resolvingMergeKeys(log) }), at: mark)
        case .mapping(let entries):
            var own: [Entry] = []
            var inherited: [Entry] = []
            for entry in entries {
                let value = entry.value.resolvingMergeKeys(log)
                if entry.key.content == .scalar("<<", quoted: false) {
                    inherited += value.inheritedEntries(log)
                } else {
                    own.append(Entry(key: entry.key, value: value))
                }
            }
            guard !inherited.isEmpty else { return YAMLNode(.mapping(own), at: mark) }
            var names = Set(own.map(\.key.writtenText))
            for entry in inherited where names.insert(entry.key.writtenText).inserted { own.append(entry) }
            return YAMLNode(.mapping(own), at: mark)
        }
    }

    private func inheritedEntries(_ log: ProblemLog) -> [Entry] {
        switch content {
        case .mapping(let entries): return entries
        case .sequence(let items) where items.allSatisfy({ if case .mapping = $0.content { true } else { false } }):
            return items.flatMap { $0.inheritedEntries(log) }
        default:
            log.report(.badMergeKey, at: mark, "`<<` takes a mapping or a list of them", hint: "write `<<: *name`")
            return []
        }
    }

    /// Whether a merge key stands anywhere below.
    var hasMergeKeys: Bool {
        switch content {
        case .scalar: false
        case .sequence(let items): items.contains(where: \.hasMergeKeys)
        case .mapping(let entries):
            entries.contains { $0.key.content == .scalar("<<", quoted: false) || $0.value.hasMergeKeys }
        }
    }

    /// Reports keys that stand twice anywhere below: once a tree is merged they cannot be told any more.
    func reportDuplicateKeys(_ log: ProblemLog) {
        switch content {
        case .scalar: return
        case .sequence(let items): for item in items { item.reportDuplicateKeys(log) }
        case .mapping(let entries):
            var first: [String: Mark] = [:]
            for entry in entries {
                entry.value.reportDuplicateKeys(log)
                guard let key = entry.key.writtenText else { continue }
                guard let mark = first[key] else {
                    first[key] = entry.key.mark
                    continue
                }
                let message = "`\(clipped(key))` stands here a second time; the first is at \(log.words(for: mark))"
                log.report(.duplicateKey, at: entry.key.mark, message, hint: "keep one of them")
            }
        }
    }
}
