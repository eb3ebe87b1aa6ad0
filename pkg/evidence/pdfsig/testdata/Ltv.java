// Makes PAdES-LT and LTA files with iText 5 and Bouncy Castle, for make-itext.sh. Arguments: a PDF and a folder for what it makes.
import com.itextpdf.text.Rectangle;
import com.itextpdf.text.pdf.*;
import com.itextpdf.text.pdf.security.*;
import java.io.*;
import java.math.BigInteger;
import java.nio.file.*;
import java.security.*;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.*;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.*;
import org.bouncycastle.cert.*;
import org.bouncycastle.cert.jcajce.*;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.*;
import org.bouncycastle.tsp.*;
import org.bouncycastle.cms.jcajce.*;

public class Ltv {
    static final Date BEGIN = new Date(System.currentTimeMillis() - 86400_000L), END = new Date(BEGIN.getTime() + 20L * 365 * 86400_000L);
    static int serial = 1;

    static KeyPair key() throws Exception {
        KeyPairGenerator g = KeyPairGenerator.getInstance("RSA");
        g.initialize(2048);
        return g.generateKeyPair();
    }

    static X509Certificate issue(String name, KeyPair subject, String issuer, KeyPair by, boolean authority, KeyPurposeId use) throws Exception {
        X509v3CertificateBuilder b = new JcaX509v3CertificateBuilder(new X500Name(issuer), BigInteger.valueOf(serial++), BEGIN, END,
            new X500Name(name), subject.getPublic());
        b.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        b.addExtension(Extension.keyUsage, true, new KeyUsage(authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature | KeyUsage.nonRepudiation));
        if (use != null) b.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(use));
        return new JcaX509CertificateConverter().getCertificate(b.build(new JcaContentSignerBuilder("SHA256withRSA").build(by.getPrivate())));
    }

    static KeyPair root, ana, bruno, stamper;
    static X509Certificate rootCertificate, anaCertificate, brunoCertificate, stamperCertificate;

    static byte[] crl() throws Exception {
        X509v2CRLBuilder b = new X509v2CRLBuilder(new X500Name("CN=Invented Root,O=TEST ONLY"), BEGIN);
        b.setNextUpdate(END);
        return b.build(new JcaContentSignerBuilder("SHA256withRSA").build(root.getPrivate())).getEncoded();
    }

    static class Stamps implements TSAClient {
        public int getTokenSizeEstimate() { return 6000; }
        public MessageDigest getMessageDigest() throws GeneralSecurityException { return MessageDigest.getInstance("SHA-256"); }
        public byte[] getTimeStampToken(byte[] imprint) throws Exception {
            TimeStampRequestGenerator asks = new TimeStampRequestGenerator();
            asks.setCertReq(true);
            TimeStampRequest request = asks.generate(TSPAlgorithms.SHA256, imprint);
            TimeStampTokenGenerator makes = new TimeStampTokenGenerator(
                new JcaSimpleSignerInfoGeneratorBuilder().build("SHA256withRSA", stamper.getPrivate(), stamperCertificate),
                new JcaDigestCalculatorProviderBuilder().build().get(new AlgorithmIdentifier(new ASN1ObjectIdentifier("2.16.840.1.101.3.4.2.1"))),
                new ASN1ObjectIdentifier("1.2.3"));
            makes.addCertificates(new JcaCertStore(Arrays.asList(stamperCertificate, rootCertificate)));
            return makes.generate(request, BigInteger.valueOf(serial++), new Date()).getEncoded();
        }
    }

    static void sign(String from, String to, KeyPair key, X509Certificate certificate, String field, Rectangle at, int level, MakeSignature.CryptoStandard as) throws Exception {
        PdfReader reader = new PdfReader(from);
        try (FileOutputStream out = new FileOutputStream(to)) {
            PdfStamper stamp = PdfStamper.createSignature(reader, out, '\0', null, true);
            PdfSignatureAppearance look = stamp.getSignatureAppearance();
            if (at != null) look.setVisibleSignature(at, 1, field); else look.setVisibleSignature(new Rectangle(0, 0), 1, field);
            look.setCertificationLevel(level);
            MakeSignature.signDetached(look, new BouncyCastleDigest(), new PrivateKeySignature(key.getPrivate(), "SHA-256", "BC"),
                new Certificate[]{certificate, rootCertificate}, null, null, new Stamps(), 0, as);
        }
    }

    static void validation(String from, String to) throws Exception {
        PdfReader reader = new PdfReader(from);
        try (FileOutputStream out = new FileOutputStream(to)) {
            PdfStamper stamp = new PdfStamper(reader, out, '\0', true);
            LtvVerification data = stamp.getLtvVerification();
            for (String name : stamp.getAcroFields().getSignatureNames())
                data.addVerification(name, Collections.emptyList(), Collections.singleton(crl()), Arrays.asList(anaCertificate.getEncoded(), rootCertificate.getEncoded()));
            data.merge();
            stamp.close();
        }
    }

    static void stampFile(String from, String to, String field) throws Exception {
        PdfReader reader = new PdfReader(from);
        try (FileOutputStream out = new FileOutputStream(to)) {
            PdfStamper stamp = PdfStamper.createSignature(reader, out, '\0', null, true);
            LtvTimestamp.timestamp(stamp.getSignatureAppearance(), new Stamps(), field);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        root = key(); ana = key(); bruno = key(); stamper = key();
        String issuer = "CN=Invented Root,O=TEST ONLY";
        rootCertificate = issue(issuer, root, issuer, root, true, null);
        anaCertificate = issue("CN=ana example,O=TEST ONLY", ana, issuer, root, false, null);
        brunoCertificate = issue("CN=bruno example,O=TEST ONLY", bruno, issuer, root, false, null);
        stamperCertificate = issue("CN=time stamp example,O=TEST ONLY", stamper, issuer, root, false, KeyPurposeId.id_kp_timeStamping);
        String base = arguments[0], o = arguments[1] + "/" + arguments[2];
        Rectangle visible = new Rectangle(36, 36, 200, 90);
        sign(base, o + "-visible.pdf", ana, anaCertificate, "ana", visible, 0, MakeSignature.CryptoStandard.CADES);
        sign(base, o + "-certified.pdf", ana, anaCertificate, "ana", null, 2, MakeSignature.CryptoStandard.CMS);
        validation(o + "-visible.pdf", o + "-lt.pdf");
        stampFile(o + "-lt.pdf", o + "-lta.pdf", "stamp");
        validation(o + "-lta.pdf", o + "-lta-lt.pdf");
        stampFile(o + "-lta-lt.pdf", o + "-lta-twice.pdf", "stamp2");
        sign(o + "-visible.pdf", o + "-twice.pdf", bruno, brunoCertificate, "bruno", new Rectangle(236, 36, 400, 90), 0, MakeSignature.CryptoStandard.CADES);
        sign(o + "-certified.pdf", o + "-certified-twice.pdf", bruno, brunoCertificate, "bruno", visible, 0, MakeSignature.CryptoStandard.CADES);
        sign(o + "-lta.pdf", o + "-lta-signed.pdf", bruno, brunoCertificate, "bruno", new Rectangle(236, 36, 400, 90), 0, MakeSignature.CryptoStandard.CADES);
        validation(o + "-twice.pdf", o + "-twice-lt.pdf");
    }
}
