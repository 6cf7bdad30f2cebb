package import Domain
package import MesosClient
package import ZooKeeperStore

/// Where ZooKeeper is and which path of it is Pacer's.
package struct StoreAddress: Sendable {
    /// The address.
    package var zookeeper: ZooKeeperAddress
    /// How long ZooKeeper waits for a sign of life of the leader before another one is elected.
    package var sessionTimeout: Milliseconds
}

/// Where Mesos is.
package enum MesosAddress: Sendable {
    /// One of these masters leads, or knows who does.
    case masters([MasterAddress])
    /// ZooKeeper knows who leads.
    case zookeeper(ZooKeeperAddress)

    /// Takes `http://host:port`, a list of such, or `zk://…`.
    /// - Throws: what is wrong, as a sentence without a password.
    package init(_ text: String) throws {
        if text.hasPrefix("zk://") {
            self = .zookeeper(try ZooKeeperAddress(text))
        } else {
            self = .masters(try MasterAddress.list(text))
        }
    }
}
