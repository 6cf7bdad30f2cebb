import Manifests

/// Builds documents from events and refuses what is too deep, too large, or too clever.
///
/// An alias stands for a whole copy of its anchor's node. The copy shares memory with the original, but whoever walks
/// the tree walks it again; so its nodes and its bytes are counted, and an alias bomb ends at a limit like any other large
/// file.
struct TreeBuilder {
    private(set) var documents: [YAMLNode] = []

    private struct Frame {
        var mark: Mark
        var anchor: String?
        var isMapping: Bool
        var before: Size
        var height = 1
        var items: [YAMLNode] = []
        var entries: [YAMLNode.Entry] = []
        var key: YAMLNode?
    }

    private struct Anchored {
        var node: YAMLNode
        var size: Size
        var height: Int
    }

    /// How much there is once aliases are expanded.
    private struct Size {
        var nodes = 0
        var bytes = 0

        static func += (left: inout Size, right: Size) {
            left.nodes += right.nodes
            left.bytes += right.bytes
        }

        static func - (left: Size, right: Size) -> Size {
            Size(nodes: left.nodes - right.nodes, bytes: left.bytes - right.bytes)
        }
    }

    private let limits: YAMLReader.Limits
    private var open: [Frame] = []
    private var anchors: [String: Anchored] = [:]
    private var size = Size()

    init(limits: YAMLReader.Limits) { self.limits = limits }

    /// Takes the next event.
    /// - Returns: why the file cannot be read further, if so.
    mutating func take(_ event: Event) -> ParseFailure? {
        switch event.kind {
        case .documentStart:
            anchors = [:]
            return nil
        case .scalar(let text, let quoted): return addScalar(text, quoted: quoted, event)
        case .sequenceStart, .mappingStart: return begin(event)
        case .collectionEnd: return end()
        case .alias(let name): return expand(name, at: event.mark)
        case .documentEnd, .streamEnd, .other: return nil
        }
    }

    private mutating func addScalar(_ text: String, quoted: Bool, _ event: Event) -> ParseFailure? {
        var isText = quoted
        switch event.tag {
        case nil: break
        case "!", "tag:yaml.org,2002:str": isText = true
        case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null":
            isText = false
        case .some(let tag): return unknownTag(tag, at: event.mark)
        }
        let own = Size(nodes: 1, bytes: text.utf8.count)
        size += own
        let node = YAMLNode(.scalar(text, quoted: isText), at: event.mark)
        if let anchor = event.anchor { anchors[anchor] = Anchored(node: node, size: own, height: 0) }
        add(node, height: 0)
        return tooManyNodes(at: event.mark)
    }

    private mutating func begin(_ event: Event) -> ParseFailure? {
        let isMapping = event.kind == .mappingStart
        if let tag = event.tag, tag != "tag:yaml.org,2002:\(isMapping ? "map" : "seq")", tag != "!" {
            return unknownTag(tag, at: event.mark)
        }
        guard open.count < limits.depth else { return tooDeep(at: event.mark) }
        open.append(Frame(mark: event.mark, anchor: event.anchor, isMapping: isMapping, before: size))
        size.nodes += 1
        return tooManyNodes(at: event.mark)
    }

    private mutating func end() -> ParseFailure? {
        guard let frame = open.popLast() else { return nil }
        let content: YAMLNode.Content = frame.isMapping ? .mapping(frame.entries) : .sequence(frame.items)
        let node = YAMLNode(content, at: frame.mark)
        if let anchor = frame.anchor {
            anchors[anchor] = Anchored(node: node, size: size - frame.before, height: frame.height)
        }
        add(node, height: frame.height)
        return nil
    }

    private mutating func expand(_ name: String, at mark: Mark) -> ParseFailure? {
        guard let anchored = anchors[name] else {
            return ParseFailure(
                kind: .alias,
                mark: mark,
                message: "The alias *\(name) refers to nothing that is complete before it",
                hint: "put &\(name) before the value that it shall repeat; a value cannot hold itself"
            )
        }
        guard open.count + anchored.height <= limits.depth else { return tooDeep(at: mark) }
        size += anchored.size
        if size.nodes > limits.nodes { return alias(name, exceeds: "\(limits.nodes) values", at: mark) }
        if size.bytes > limits.expandedBytes { return alias(name, exceeds: "\(limits.expandedBytes) bytes", at: mark) }
        add(anchored.node, height: anchored.height)
        return nil
    }

    /// Puts a finished node where it belongs: a document, an item, a key or a key's value.
    private mutating func add(_ node: YAMLNode, height: Int) {
        guard let last = open.indices.last else {
            documents.append(node)
            return
        }
        open[last].height = max(open[last].height, height + 1)
        if !open[last].isMapping {
            open[last].items.append(node)
        } else if let key = open[last].key {
            open[last].entries.append(YAMLNode.Entry(key: key, value: node))
            open[last].key = nil
        } else {
            open[last].key = node
        }
    }

    private func alias(_ name: String, exceeds limit: String, at mark: Mark) -> ParseFailure {
        ParseFailure(
            kind: .alias,
            mark: mark,
            message: "With the alias *\(name) expanded the file has more than \(limit)",
            hint: "write out what is meant, or split the file"
        )
    }

    private func tooDeep(at mark: Mark) -> ParseFailure {
        ParseFailure(
            kind: .tooDeep,
            mark: mark,
            message: "More than \(limits.depth) lists and mappings stand within one another",
            hint: "no manifest needs that depth: look for brackets that are never closed"
        )
    }

    private func tooManyNodes(at mark: Mark) -> ParseFailure? {
        guard size.nodes > limits.nodes else { return nil }
        return ParseFailure(
            kind: .tooManyNodes,
            mark: mark,
            message: "The file has more than \(limits.nodes) values",
            hint: "split the file, one app a file"
        )
    }

    private func unknownTag(_ tag: String, at mark: Mark) -> ParseFailure {
        ParseFailure(
            kind: .syntax,
            mark: mark,
            message: "The tag \(tag) has no meaning in a manifest",
            hint: "remove the tag; put text that begins with ! in quotes"
        )
    }
}
