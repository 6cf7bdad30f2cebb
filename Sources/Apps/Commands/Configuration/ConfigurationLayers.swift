import Manifests

/// Puts what the environment and the flags say over the file's tree. Every node remembers where it came from, so that
/// one reader checks all of them and a problem names the file, the variable or the flag.
struct ConfigurationLayers {
    /// The names of the layers: the file first.
    private(set) var names: [String]
    /// The tree.
    private(set) var root: YAMLNode
    /// Why a variable or flag could not be parsed, by layer.
    private(set) var failures: [(layer: Int, failure: ParseFailure)] = []

    private let parse: YAMLParser

    init(file: String, root: YAMLNode, parse: @escaping YAMLParser) {
        self.names = [file]
        self.root = root
        self.parse = parse
    }

    /// Puts a value over what there is.
    mutating func set(_ setting: Setting, to text: String, from origin: String) {
        names.append(origin)
        let layer = names.count - 1
        let mark = Mark(line: 0, column: 0, layer: layer)
        switch setting.form {
        case .text: put(YAMLNode(.scalar(text, quoted: true), at: mark), at: setting.path[...])
        case .scalar: put(YAMLNode(.scalar(text, quoted: false), at: mark), at: setting.path[...])
        case .document:
            let parsed = parse(Array(text.utf8))
            if let failure = parsed.failure { failures.append((layer, failure)) }
            guard let document = parsed.documents.first else { return }
            put(document.relabelled(layer), at: setting.path[...])
        }
    }

    private mutating func put(_ value: YAMLNode, at path: ArraySlice<String>) {
        root = root.putting(value, at: path)
    }
}

extension YAMLNode {
    /// The tree with a value at a path. What stands in the way and is no mapping stays: it is wrong, and is reported.
    fileprivate func putting(_ value: YAMLNode, at path: ArraySlice<String>) -> YAMLNode {
        guard let key = path.first else { return value }
        let present: [Entry]
        switch content {
        case .mapping(let entries): present = entries
        case .scalar where isNull: present = []
        default: return self
        }
        var entries = present
        let rest = path.dropFirst()
        if let index = entries.firstIndex(where: { $0.key.writtenText == key }) {
            entries[index].value = entries[index].value.putting(value, at: rest)
        } else {
            let empty = YAMLNode(.mapping([]), at: value.mark)
            let name = YAMLNode(.scalar(key, quoted: true), at: value.mark)
            entries.append(Entry(key: name, value: empty.putting(value, at: rest)))
        }
        return YAMLNode(.mapping(entries), at: mark)
    }

    /// The node and all below it with another layer in their marks.
    fileprivate func relabelled(_ layer: Int) -> YAMLNode {
        var node = self
        node.mark.layer = layer
        switch content {
        case .scalar: break
        case .sequence(let items): node.content = .sequence(items.map { $0.relabelled(layer) })
        case .mapping(let entries):
            node.content = .mapping(
                entries.map { Entry(key: $0.key.relabelled(layer), value: $0.value.relabelled(layer)) }
            )
        }
        return node
    }
}
