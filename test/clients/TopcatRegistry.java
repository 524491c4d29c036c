// TOPCAT's own registry classes against one registry, without a window:
//   java -cp … TopcatRegistry.java REGISTRY tap|cone|sia|ssa WORD...   one line per capability: ivoid, title, access URL
//   java -cp … TopcatRegistry.java REGISTRY id IVOID...               the same for identifiers
//   java -cp … TopcatRegistry.java REGISTRY registries                other registries it finds by data model
import java.net.URL;
import java.util.Arrays;
import uk.ac.starlink.vo.Capability;
import uk.ac.starlink.vo.RegCapabilityInterface;
import uk.ac.starlink.vo.RegResource;
import uk.ac.starlink.vo.RegistryProtocol;
import uk.ac.starlink.vo.RegistryQuery;
import uk.ac.starlink.vo.ResourceField;

public class TopcatRegistry {
    public static void main(String[] args) throws Exception {
        URL registry = new URL(args[0]);
        String[] words = Arrays.copyOfRange(args, 2, args.length);
        RegistryProtocol protocol = RegistryProtocol.REGTAP;
        if (args[1].equals("registries")) {
            for (String url : protocol.discoverRegistryUrls(args[0])) System.out.println(url);
            return;
        }
        Capability capability = capabilityOf(args[1]);
        RegistryQuery query = args[1].equals("id")
            ? protocol.createIdListQuery(words, capability, registry)
            : protocol.createKeywordQuery(
                words,
                new ResourceField[] {
                    ResourceField.SHORTNAME, ResourceField.TITLE, ResourceField.SUBJECTS, ResourceField.ID, ResourceField.PUBLISHER },
                false, capability, registry);
        for (RegResource resource : query.getQueryResources()) {
            for (RegCapabilityInterface found : resource.getCapabilities()) {
                System.out.println(resource.getIdentifier() + "\t" + resource.getTitle() + "\t" + found.getAccessUrl()
                    + "\t" + resource.getContact() + "\t" + resource.getPublisher());
            }
        }
    }

    private static Capability capabilityOf(String name) {
        switch (name) {
            case "cone": return Capability.CONE;
            case "sia": return Capability.SIA;
            case "ssa": return Capability.SSA;
            default: return Capability.TAP;
        }
    }
}
