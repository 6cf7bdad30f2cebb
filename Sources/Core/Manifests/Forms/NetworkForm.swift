import Domain
import OrderedCollections

/// An entry of `networks`.
enum NetworkForm {
    static let modes = ["container", "container/bridge", "host"]
    static let mode = Field.choice(
        "mode",
        modes,
        "The host's own network, a bridge on the host, or a network that the operator set up."
    ).standing("container")
    static let name = Field.text("name", "The network's name; for the mode `container`.", Patterns.network)
    static let labels = Field.table("labels", "Labels for the network's plugin.")

    static let form = ObjectForm("network", "A network that instances join.", [mode, name, labels])
}

/// An entry of `portDefinitions`.
enum PortDefinitionForm {
    static let port = Field.integer("port", Ranges.port, "The wanted number; 0 for any. Binding with `requirePorts`.")
        .standing(0)
    static let transport = PortMappingForm.transport
    static let name = PortMappingForm.name
    static let labels = PortMappingForm.labels

    static let form = ObjectForm("portDefinition", "A port of the host.", [port, transport, name, labels])
}

/// An entry of `container.portMappings`.
enum PortMappingForm {
    static let containerPort = Field.integer(
        "containerPort",
        Ranges.port,
        "The number in the container; 0 for that of the host's port."
    ).standing(0)
    static let hostPort = Field.integer(
        "hostPort",
        Ranges.port,
        "The port of the host that leads to it; 0 for any. Absent: none (on a bridge: any)."
    )
    static let servicePort = Field.integer(
        "servicePort",
        Ranges.port,
        "The number that load balancers announce it under."
    ).standing(0)
    static let transport = Field.choice("protocol", ["tcp", "udp", "udp,tcp"], "tcp, udp, or both as `udp,tcp`.")
        .standing("tcp")
    static let name = Field.text("name", "The port's name, unique in the app.", Patterns.portName)
    static let labels = Field.table("labels", "Labels that DiscoveryInfo carries: virtual addresses, load balancers.")
    static let networkNames = Field.texts("networkNames", "The networks that it belongs to. Absent: all.")

    static let form = ObjectForm(
        "portMapping",
        "A port of a container in a network of its own.",
        [containerPort, hostPort, servicePort, transport, name, labels, networkNames]
    )
}

/// `ipAddress`, the form of networks before Marathon 1.5.
enum AddressForm {
    static let networkName = Field.text("networkName", "The network's name.", Patterns.network)
    static let groups = Field.texts("groups", "Groups of a network isolator that is no more.")
    static let labels = NetworkForm.labels
    static let discovery = Field.object("discovery", { DiscoveryForm.form }, "Ports of the container.")

    static let form = ObjectForm(
        "ipAddress",
        "A network of containers, in an old form.",
        [networkName, groups, labels, discovery]
    )
}

/// `ipAddress.discovery` and its ports.
enum DiscoveryForm {
    static let ports = Field.objects("ports", { port }, "Ports of the container.")
    static let number = Field.integer("number", Ranges.boundPort, "The number in the container.").required
    static let name = PortMappingForm.name
    static let transport = Field.choice("protocol", ["tcp", "udp"], "tcp or udp.").standing("tcp")
    static let labels = PortMappingForm.labels

    static let form = ObjectForm("discovery", "Ports of the container, in an old form.", [ports])
    static let port = ObjectForm(
        "discoveryPort",
        "A port of the container, in an old form.",
        [number, name, transport, labels]
    )
}
