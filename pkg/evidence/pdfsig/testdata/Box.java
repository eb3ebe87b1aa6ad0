// Signs a PDF several times with PDFBox, for make-pdfbox.sh. Arguments: a PDF, and how the names begin of what it makes.
import java.awt.image.BufferedImage;
import java.io.*;
import java.math.BigInteger;
import java.security.*;
import java.security.cert.X509Certificate;
import java.util.*;
import org.apache.pdfbox.pdmodel.*;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.*;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.visible.*;
import org.apache.pdfbox.pdmodel.interactive.form.*;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.*;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;
import org.bouncycastle.operator.jcajce.*;

public class Box {
    static KeyPair key;
    static X509Certificate certificate;

    static byte[] cms(InputStream content) throws IOException {
        try {
            CMSSignedDataGenerator makes = new CMSSignedDataGenerator();
            makes.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                .build(new JcaContentSignerBuilder("SHA256withRSA").build(key.getPrivate()), certificate));
            makes.addCertificates(new JcaCertStore(Collections.singletonList(certificate)));
            return makes.generate(new CMSProcessableByteArray(content.readAllBytes()), false).getEncoded();
        } catch (GeneralSecurityException | CMSException | org.bouncycastle.operator.OperatorException e) {
            throw new IOException(e);
        }
    }

    static void sign(String from, String to, String field, boolean visible) throws Exception {
        try (PDDocument document = PDDocument.load(new File(from)); FileOutputStream out = new FileOutputStream(to)) {
            PDSignature signature = new PDSignature();
            signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
            signature.setSubFilter(PDSignature.SUBFILTER_ADBE_PKCS7_DETACHED);
            signature.setSignDate(Calendar.getInstance());
            if (field != null) ((PDSignatureField) document.getDocumentCatalog().getAcroForm().getField(field)).setValue(signature);
            SignatureOptions options = new SignatureOptions();
            options.setPreferredSignatureSize(4096);
            if (visible) {
                PDVisibleSignDesigner look = new PDVisibleSignDesigner(document, new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB), 1);
                look.xAxis(50).yAxis(50).width(100).height(50);
                PDVisibleSigProperties properties = new PDVisibleSigProperties();
                properties.signerName("ana example").page(1).visualSignEnabled(true).setPdVisibleSignature(look);
                properties.buildSignature();
                options.setVisualSignature(properties.getVisibleSignature());
            }
            document.addSignature(signature, Box::cms, options);
            document.saveIncremental(out);
        }
    }

    static void fields(String from, String to) throws Exception {
        try (PDDocument document = PDDocument.load(new File(from))) {
            PDAcroForm form = new PDAcroForm(document);
            document.getDocumentCatalog().setAcroForm(form);
            for (int n = 1; n <= 2; n++) {
                PDSignatureField field = new PDSignatureField(form);
                field.setPartialName("field" + n);
                field.getWidgets().get(0).setRectangle(new PDRectangle(50, 100 * n, 100, 50));
                field.getWidgets().get(0).setPage(document.getPage(0));
                document.getPage(0).getAnnotations().add(field.getWidgets().get(0));
                form.getFields().add(field);
            }
            document.save(to);
        }
    }

    public static void main(String[] arguments) throws Exception {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
        keys.initialize(2048);
        key = keys.generateKeyPair();
        X500Name name = new X500Name("CN=ana example,O=TEST ONLY");
        Date from = new Date(System.currentTimeMillis() - 86400_000L), to = new Date(from.getTime() + 20L * 365 * 86400_000L);
        certificate = new JcaX509CertificateConverter().getCertificate(new JcaX509v3CertificateBuilder(name, BigInteger.ONE, from, to, name,
            key.getPublic()).build(new JcaContentSignerBuilder("SHA256withRSA").build(key.getPrivate())));
        String base = arguments[0], o = arguments[1];
        sign(base, o + "-1.pdf", null, false);
        sign(o + "-1.pdf", o + "-2.pdf", null, true);
        sign(o + "-2.pdf", o + "-new-fields.pdf", null, true);
        fields(base, o + "-empty.pdf");
        sign(o + "-empty.pdf", o + "-3.pdf", "field1", false);
        sign(o + "-3.pdf", o + "-old-fields.pdf", "field2", true);
    }
}
