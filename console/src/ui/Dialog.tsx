/** A dialog that is there while it is asked for. It keeps the focus, and gives it back to whatever opened it. */
import { Modal, type ModalProps } from "@mantine/core";
import { useEffect, useState } from "react";

type Props = Omit<ModalProps, "opened">;

export function Dialog(props: Props) {
  const [opener] = useState(() => document.activeElement);
  useEffect(() => {
    return () => {
      // Whoever has gone on to something else meanwhile is not called back.
      const isFree = document.activeElement === null || document.activeElement === document.body;
      if (isFree && opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, [opener]);
  return <Modal {...props} opened />;
}
