package import OrderedCollections

/// A volume of a container that Mesos does not reserve disk for: a folder of the host, a secret, or a storage provider's.
package struct ContainerVolume: Hashable, Sendable, Codable {
    /// Where its content comes from.
    package enum Source: Hashable, Sendable, Codable {
        /// A path on the agent's host.
        case host(path: String)
        /// A file with the content of a declared secret.
        case secret(name: String)
        /// A volume of a Docker volume driver.
        case driver(DriverVolume)
        /// A volume of a CSI plugin.
        case csi(CSIVolume)
    }

    /// Where tasks find it.
    package var containerPath: String
    /// Whether they can only read it.
    package var isReadOnly: Bool
    /// Where its content comes from.
    package var source: Source

    /// A volume.
    package init(containerPath: String, isReadOnly: Bool = false, source: Source) {
        self.containerPath = containerPath
        self.isReadOnly = isReadOnly
        self.source = source
    }

    /// Whether it is one that a storage provider has outside of the agent.
    package var isExternal: Bool {
        switch source {
        case .driver, .csi: true
        case .host, .secret: false
        }
    }
}

/// A volume of a Docker volume driver (Marathon's provider `dvdi`).
package struct DriverVolume: Hashable, Sendable, Codable {
    /// Its name with the provider, unique in the cluster unless it is shared.
    package var name: String
    /// The driver: `rexray`, `pxd`.
    package var driver: String
    /// Its size in GiB, where the provider shall make it.
    package var size: Int?
    /// What else the driver is told, sorted by key; the keys as the definition has them, without `dvdi/driver`.
    package var options: OrderedDictionary<String, String>
    /// Whether several instances can have it at once.
    package var isShared: Bool

    /// A volume.
    package init(
        name: String,
        driver: String,
        size: Int? = nil,
        options: OrderedDictionary<String, String> = [:],
        isShared: Bool = false
    ) {
        self.name = name
        self.driver = driver
        self.size = size
        self.options = options
        self.isShared = isShared
    }
}

/// A volume of a CSI plugin that exists already (Marathon's provider `csi`).
package struct CSIVolume: Hashable, Sendable, Codable {
    /// Who may use it at once, and how (CSI's access modes).
    package enum AccessMode: String, Hashable, Sendable, Codable, CaseIterable {
        case singleNodeWriter = "SINGLE_NODE_WRITER"
        case singleNodeReaderOnly = "SINGLE_NODE_READER_ONLY"
        case multiNodeReaderOnly = "MULTI_NODE_READER_ONLY"
        case multiNodeSingleWriter = "MULTI_NODE_SINGLE_WRITER"
        case multiNodeMultiWriter = "MULTI_NODE_MULTI_WRITER"
    }

    /// In which form the task gets it.
    package enum AccessType: Hashable, Sendable, Codable {
        /// As a raw device.
        case block
        /// As a file system of this type, mounted with these flags.
        case mount(fsType: String?, flags: [String])
    }

    /// The plugin's name for it.
    package var name: String
    /// The plugin, as the agents know it.
    package var plugin: String
    /// Who may use it at once.
    package var accessMode: AccessMode
    /// In which form.
    package var accessType: AccessType
    /// Secrets for staging it on a node: key to the name of a declared secret, sorted by key.
    package var nodeStageSecrets: OrderedDictionary<String, String>
    /// Secrets for publishing it on a node: key to the name of a declared secret, sorted by key.
    package var nodePublishSecrets: OrderedDictionary<String, String>
    /// What else the plugin is told of it, sorted by key.
    package var context: OrderedDictionary<String, String>

    /// A volume.
    package init(
        name: String,
        plugin: String,
        accessMode: AccessMode,
        accessType: AccessType,
        nodeStageSecrets: OrderedDictionary<String, String> = [:],
        nodePublishSecrets: OrderedDictionary<String, String> = [:],
        context: OrderedDictionary<String, String> = [:]
    ) {
        self.name = name
        self.plugin = plugin
        self.accessMode = accessMode
        self.accessType = accessType
        self.nodeStageSecrets = nodeStageSecrets
        self.nodePublishSecrets = nodePublishSecrets
        self.context = context
    }
}
