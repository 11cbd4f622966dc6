/** What Mantine needs to know of our look; colours and sizes themselves are in tokens.css. */
import { createTheme, Modal, Select, TextInput, Tooltip } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "blue",
  defaultRadius: "sm",
  respectReducedMotion: true,
  components: {
    Modal: Modal.extend({
      // Locking the scroll would need a style element, which the content security policy refuses.
      defaultProps: {
        lockScroll: false,
        centered: false,
        yOffset: "10vh",
        overlayProps: { backgroundOpacity: 0.45 },
        closeButtonProps: { "aria-label": "Close" },
        // The head of a dialog is no head of the page.
        attributes: { header: { role: "presentation" } },
      },
    }),
    Select: Select.extend({ defaultProps: { size: "xs", allowDeselect: false, comboboxProps: { shadow: "md" } } }),
    TextInput: TextInput.extend({ defaultProps: { size: "xs" } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 250, withArrow: true, multiline: true, maw: 360 } }),
  },
});
